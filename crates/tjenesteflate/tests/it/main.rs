//! The shell over real sockets: a real client where one will do, bytes by hand where none would misbehave enough.

#[cfg(test)]
mod grenser;
#[cfg(test)]
mod h2_angrep;
#[cfg(test)]
mod h2c;
#[cfg(test)]
mod hjelp;
#[cfg(test)]
mod innpakning;
#[cfg(test)]
mod klientutstedere;
#[cfg(test)]
mod stans;
#[cfg(test)]
mod tls;
#[cfg(test)]
mod trege;
#[cfg(test)]
mod vakt;

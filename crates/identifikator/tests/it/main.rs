//! What the crate promises from outside: the example tables, and laws that hold for every number.

#[cfg(test)]
mod egenskaper;
#[cfg(test)]
mod eksempler;
#[cfg(test)]
mod fuzz;
#[cfg(test)]
mod tabell;

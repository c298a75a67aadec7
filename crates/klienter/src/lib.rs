//! Clients for the neighbours: Maskinporten and Folkeregisteret.

//! Folkeregisteret's own interfaces.

//! Built-in token issuers for demo and tests.

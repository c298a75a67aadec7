//! The HTTP shell all interfaces stand on: accept loop, limits, negotiation, error plumbing.

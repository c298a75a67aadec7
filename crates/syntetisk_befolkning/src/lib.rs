//! A seeded nation of synthetic people and their life events.

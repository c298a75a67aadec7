//! The XML signature that some messages may carry, as far as its form goes.
//!
//! Whether the signature is true is not asked here: who sends is known by the certificate of the connection. What is read
//! of a message is never what a signature says that it covers.

/// The namespace of XML signatures. Source: W3C, XML Signature Syntax and Processing.
pub const NAVNEROM: &str = "http://www.w3.org/2000/09/xmldsig#";

/// The file that a schema with a signature in it refers to.
pub const FIL: &str = "xmldsig.xsd";

/// The schema of a signature, without `Object`: what is signed is the message around it. Source: the public contract's.
pub const XSD: &str = include_str!("../kontrakt/xmldsig.xsd");

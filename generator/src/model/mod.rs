//! The SDK: resources, methods, types, pagination and authentication, without OpenAPI or Rust.
//!
//! [`build`] creates an [`Sdk`] from a normalized document and a configuration.

mod build;
mod method;
mod sdk;
mod types;
mod untyped;

pub use build::build;
pub use method::{
    BodyFormat, DeprecatedName, Endpoint, ErrorResponse, Framing, Method, Output, Parameter, ParameterKind,
    RequestBody, Stream, StreamFlag,
};
pub use sdk::{ChoiceParameter, Credential, EndpointChoice, Resource, Sdk, ServerVariable};
pub use types::{Constant, EnumValue, Field, Type, TypeDefinition, TypeId, TypeKind, Variant, Width};

//! Statements that fill a request.

use std::fmt;

use serde::{Serialize, Serializer};

use super::expression::Expression;
use super::rust_type::RustType;

/// Statement in the body of a method or setter.
#[derive(Clone, Debug, PartialEq)]
pub enum Statement {
    /// `let name: ty = value;`
    Let {
        /// Name of the variable.
        name: String,
        /// Type of the variable.
        ty: RustType,
        /// Value of the variable.
        value: Expression,
    },
    /// Call of a method of the request.
    Fill(Receiver, RequestCall),
}

/// Expression that holds the request in generated code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Receiver {
    /// The variable `request` of a resource's method.
    Variable,
    /// The field of a request type.
    Field,
}

/// Call of a method of the runtime's request, without its receiver.
#[derive(Clone, Debug, PartialEq)]
pub struct RequestCall {
    /// Method that is called.
    pub method: RequestMethod,
    /// Type argument of the call, if it cannot be inferred.
    pub type_argument: Option<RustType>,
    /// Arguments of the call.
    pub arguments: Vec<Expression>,
}

/// Method of the runtime's request that fills it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestMethod {
    /// Sets the media types that the response may have.
    Accept,
    /// Sets the JSON body.
    Body,
    /// Sets a property of the JSON body.
    BodyField,
    /// Sets a property of the JSON body that contains floating-point numbers.
    BodyNumber,
    /// Makes the body an empty JSON object.
    BodyObject,
    /// Sets a JSON body that contains floating-point numbers.
    BodyOfNumbers,
    /// Sets the media type of the body.
    ContentType,
    /// Adds a cookie.
    Cookie,
    /// Makes the body a URL-encoded form.
    Form,
    /// Adds a field of a URL-encoded form.
    FormField,
    /// Adds a field of a URL-encoded form in a style.
    FormFieldAs,
    /// Adds a header in a style.
    HeaderAs,
    /// Adds a header.
    HeaderValue,
    /// Makes the body a multipart form.
    Multipart,
    /// Adds a file to a multipart form.
    Part,
    /// Adds a field to a multipart form.
    PartField,
    /// Adds a field to a multipart form with a media type.
    PartOf,
    /// Adds files to a multipart form.
    Parts,
    /// Sets the next path parameter.
    Path,
    /// Sets a path parameter in a style.
    PathAs,
    /// Adds a query parameter.
    Query,
    /// Adds a query parameter in a style.
    QueryAs,
    /// Adds a query parameter whose reserved characters are not encoded.
    QueryReserved,
    /// Sets the bytes of the body.
    RawBody,
}

impl RequestMethod {
    /// Returns the name in Rust.
    pub fn name(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::Body => "body",
            Self::BodyField => "body_field",
            Self::BodyNumber => "body_number",
            Self::BodyObject => "body_object",
            Self::BodyOfNumbers => "body_of_numbers",
            Self::ContentType => "content_type",
            Self::Cookie => "cookie",
            Self::Form => "form",
            Self::FormField => "form_field",
            Self::FormFieldAs => "form_field_as",
            Self::HeaderAs => "header_as",
            Self::HeaderValue => "header_value",
            Self::Multipart => "multipart",
            Self::Part => "part",
            Self::PartField => "part_field",
            Self::PartOf => "part_of",
            Self::Parts => "parts",
            Self::Path => "path",
            Self::PathAs => "path_as",
            Self::Query => "query",
            Self::QueryAs => "query_as",
            Self::QueryReserved => "query_reserved",
            Self::RawBody => "raw_body",
        }
    }

    /// Returns `true` if the call makes the request's body JSON.
    pub fn sets_json_body(self) -> bool {
        matches!(self, Self::Body | Self::BodyField | Self::BodyNumber | Self::BodyObject | Self::BodyOfNumbers)
    }

    /// Returns `true` if the call makes the request's body a URL-encoded form.
    pub fn sets_form(self) -> bool {
        matches!(self, Self::Form | Self::FormField | Self::FormFieldAs)
    }

    /// Returns `true` if the call makes the request's body a multipart form.
    pub fn sets_multipart(self) -> bool {
        matches!(self, Self::Multipart | Self::Part | Self::PartField | Self::PartOf | Self::Parts)
    }

    /// Returns the call with arguments.
    pub(super) fn with(self, arguments: impl Into<Vec<Expression>>) -> RequestCall {
        RequestCall { method: self, type_argument: None, arguments: arguments.into() }
    }
}

impl RequestCall {
    /// Returns the statement that makes this call.
    pub(super) fn on(self, receiver: Receiver) -> Statement {
        Statement::Fill(receiver, self)
    }
}

impl Statement {
    /// Returns the request's method that the statement calls.
    pub fn method(&self) -> Option<RequestMethod> {
        match self {
            Self::Let { .. } => None,
            Self::Fill(_, call) => Some(call.method),
        }
    }
}

impl fmt::Display for Receiver {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Variable => "request",
            Self::Field => "self.0",
        })
    }
}

impl fmt::Display for RequestCall {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.method.name())?;
        if let Some(ty) = &self.type_argument {
            write!(formatter, "::<{ty}>")?;
        }
        let arguments: Vec<String> = self.arguments.iter().map(Expression::to_string).collect();
        write!(formatter, "({})", arguments.join(", "))
    }
}

impl fmt::Display for Statement {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Let { name, ty, value } => write!(formatter, "let {name}: {ty} = {value};"),
            Self::Fill(receiver, call) => write!(formatter, "{receiver}.{call};"),
        }
    }
}

impl Serialize for RequestCall {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Serialize for Statement {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

use sdk_protocol::Style;
use serde_json::Value;

use super::types::{Constant, Type, TypeId};
use crate::document::SourceLocation;
use crate::openapi::ExternalDocs;

/// A method of a resource.
#[derive(Debug)]
pub struct Method {
    /// Name of the method, in snake case.
    pub name: String,
    /// Deprecated names.
    pub deprecated_names: Vec<DeprecatedName>,
    /// Location of the operation in the document.
    pub location: SourceLocation,
    /// Id of the operation; the first one if there are several endpoints.
    pub operation: String,
    /// HTTP method, in capitals.
    pub verb: String,
    /// Base URL if it differs from that of the API: a URL, or a path on the API's host.
    pub base_url: Option<String>,
    /// Path of the request.
    pub endpoint: Endpoint,
    /// Short description.
    pub summary: Option<String>,
    /// Description.
    pub description: Option<String>,
    /// Page with further documentation.
    pub external_docs: Option<ExternalDocs>,
    /// `true` if the method is deprecated.
    pub deprecated: bool,
    /// Permissions; the caller needs one of them.
    pub permissions: Vec<String>,
    /// Parameters: those of the path in its order, then the others in the order of the document.
    pub parameters: Vec<Parameter>,
    /// Request body.
    pub body: Option<RequestBody>,
    /// Result of the method.
    pub output: Output,
    /// `Accept` header, if it is not plain JSON.
    pub accept: Option<String>,
    /// Streamed alternative to the result.
    pub stream: Option<Stream>,
    /// Parameter that requests the stream.
    pub stream_flag: Option<StreamFlag>,
    /// `true` if responses have the SDK's envelope.
    pub enveloped: bool,
    /// Error responses.
    pub error_responses: Vec<ErrorResponse>,
    /// Security requirements, if they differ from those of the SDK.
    pub security: Option<Vec<Vec<usize>>>,
}

impl Method {
    /// Returns the streams that the method can return.
    pub fn streams(&self) -> impl Iterator<Item = &Stream> {
        let only = match &self.output {
            Output::Stream(stream) => Some(stream),
            _ => None,
        };
        self.stream.iter().chain(only)
    }

    /// Returns the named types of the parameters.
    pub(super) fn parameter_types(&self) -> impl Iterator<Item = TypeId> {
        self.parameters.iter().flat_map(|parameter| parameter.ty.named())
    }

    /// Returns the named types of results and error responses.
    pub(super) fn response_types(&self) -> impl Iterator<Item = TypeId> {
        let output = match &self.output {
            Output::Value { ty, .. } | Output::Page { item: ty, .. } => ty.named(),
            Output::Empty | Output::Text | Output::Bytes | Output::Stream(_) => Vec::new(),
        };
        let error_responses =
            self.error_responses.iter().filter_map(|failure| failure.ty.as_ref()).flat_map(Type::named);
        output.into_iter().chain(self.streams().flat_map(|stream| stream.item.named())).chain(error_responses)
    }

    /// Returns the named types of parameters, results and error responses.
    pub(super) fn named_types(&self) -> impl Iterator<Item = TypeId> {
        self.parameter_types().chain(self.response_types())
    }

    /// Returns the types of parameters, results and error responses.
    pub(super) fn types_mut(&mut self) -> impl Iterator<Item = &mut Type> {
        let output = match &mut self.output {
            Output::Value { ty, .. } | Output::Page { item: ty, .. } => Some(ty),
            Output::Stream(stream) => Some(&mut stream.item),
            Output::Empty | Output::Text | Output::Bytes => None,
        };
        let stream = self.stream.as_mut().map(|stream| &mut stream.item);
        let error_responses = self.error_responses.iter_mut().filter_map(|failure| failure.ty.as_mut());
        self.parameters
            .iter_mut()
            .map(|parameter| &mut parameter.ty)
            .chain(output)
            .chain(stream)
            .chain(error_responses)
    }
}

/// A deprecated name of a method.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeprecatedName {
    /// Path of the resource that has the name.
    pub resource: Vec<String>,
    /// The name.
    pub name: String,
}

/// Path of a request.
#[derive(Debug)]
pub enum Endpoint {
    /// Path template.
    Path(String),
    /// Path template for each parameter of an endpoint choice.
    Choice {
        /// Index of the choice in [`Sdk::endpoint_choices`](super::Sdk::endpoint_choices).
        choice: usize,
        /// Ids and path templates of the operations.
        paths: Vec<(String, String)>,
    },
}

/// A request body.
#[derive(Debug)]
pub struct RequestBody {
    /// Format of the body.
    pub format: BodyFormat,
    /// `true` if the body is sent even if no field is set.
    pub required: bool,
    /// Media type, if the body is JSON of a more specific type than `application/json`.
    pub json_type: Option<String>,
    /// Media types of form fields, by name.
    pub encodings: Vec<(String, String)>,
    /// Other media types that the operation accepts.
    pub alternatives: Vec<String>,
}

/// Format of a request body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyFormat {
    /// JSON.
    Json,
    /// `application/x-www-form-urlencoded`.
    Form,
    /// `multipart/form-data`.
    Multipart,
    /// Bytes of any media type.
    Raw,
}

/// A response that is read incrementally.
#[derive(Debug)]
pub struct Stream {
    /// Separation of the items.
    pub framing: Framing,
    /// Type of the items.
    pub item: Type,
}

/// Separation of the items of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// Server-sent events with JSON data.
    Events,
    /// Server-sent events with text data.
    TextEvents,
    /// A sequence of JSON values.
    Lines,
}

/// Boolean parameter that requests a stream.
#[derive(Debug)]
pub struct StreamFlag {
    /// Name on the wire.
    pub wire: String,
    /// `true` for a query parameter, `false` for a property of the body.
    pub is_query: bool,
    /// `true` if the parameter is required.
    pub required: bool,
}

/// A parameter of a method.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Location in the document.
    pub location: SourceLocation,
    /// Name on the wire; empty for an entire body.
    pub wire: String,
    /// Name in the SDK.
    pub name: String,
    /// Part of the request that carries the parameter.
    pub kind: ParameterKind,
    /// Serialization of lists and objects in a path, query, header, cookie or form.
    pub style: Style,
    /// `true` if reserved characters of a query parameter are not percent-encoded.
    pub allow_reserved: bool,
    /// `true` if the parameter is required.
    pub required: bool,
    /// `true` if null is allowed.
    pub nullable: bool,
    /// Type of the value.
    pub ty: Type,
    /// Only allowed value.
    pub constant: Option<Constant>,
    /// Description of the parameter.
    pub description: Option<String>,
    /// `true` if the parameter is deprecated.
    pub deprecated: bool,
    /// Example value.
    pub example: Option<Value>,
}

impl Parameter {
    /// Returns `true` if the parameter is an argument of the method: it is required and has no constant value.
    pub fn is_argument(&self) -> bool {
        self.required && self.constant.is_none()
    }
}

/// Part of a request that carries a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterKind {
    /// Path segment that selects the endpoint.
    EndpointChoice,
    /// Path segment.
    Path,
    /// Query parameter.
    Query,
    /// Header.
    Header,
    /// Cookie.
    Cookie,
    /// Property of a JSON body.
    Field,
    /// Entire JSON body.
    Body,
    /// Field of a URL-encoded form.
    FormField,
    /// Part of a multipart form.
    Part,
    /// Entire body of the media type that is the parameter's name on the wire.
    Raw,
}

/// An error response.
#[derive(Debug)]
pub struct ErrorResponse {
    /// Status code, range such as `4XX`, or `default` for all other status codes.
    pub status: String,
    /// Description of the error.
    pub description: Option<String>,
    /// Type of the body, if it is not the SDK's envelope.
    pub ty: Option<Type>,
}

/// Result of a method.
#[derive(Debug)]
pub enum Output {
    /// No value.
    Empty,
    /// Text other than JSON.
    Text,
    /// Binary data.
    Bytes,
    /// A JSON value.
    Value {
        /// Type of the value.
        ty: Type,
        /// `true` if null is allowed.
        nullable: bool,
    },
    /// A page of a list.
    Page {
        /// Type of the items.
        item: Type,
        /// Index of the pagination in [`Sdk::paginations`](super::Sdk::paginations).
        pagination: usize,
    },
    /// Items that are read incrementally.
    Stream(Stream),
}

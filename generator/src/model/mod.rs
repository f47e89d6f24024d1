//! What the SDK offers: resources, methods, types, pagination and authentication. Neither OpenAPI nor Rust.

mod answers;
mod body;
mod build;
mod dedup;
mod describe;
mod direction;
mod finalize;
mod flatten;
mod lower;
mod media;
mod output;
mod owner;
mod renamed;
mod server;
mod simplify;
mod strongly_connected_components;
mod style;
mod tags;
mod types;
mod union;

use serde_json::Value;

use crate::config::{Envelope, Package, Pagination, Renaming};
use crate::document::SourceLocation;
use crate::openapi::ExternalDocs;

pub(crate) use answers::finalize as settle_answers;
pub use build::build;
pub(crate) use flatten::{flatten, parts};
pub(crate) use lower::singular;
pub use renamed::OldName;
pub(crate) use simplify::simplify;
pub(crate) use strongly_connected_components::strongly_connected_components;
pub use types::{Constant, EnumValue, Field, Type, TypeDefinition, TypeId, TypeKind, Variant, Width};

/// An SDK.
#[derive(Debug)]
pub struct Sdk {
    /// The package that it becomes.
    pub package: Package,
    /// The API's name.
    pub title: String,
    /// What the API is for.
    pub description: Option<String>,
    /// Where more is said of it.
    pub external_docs: Option<ExternalDocs>,
    /// Where the API is; it may have variables in braces.
    pub base_url: String,
    /// The variables of the base URL.
    pub base_url_parts: Vec<ServerVariable>,
    /// Every place that the document names, with what it is.
    pub servers: Vec<(String, Option<String>)>,
    /// The environment variable that overrides [`base_url`](Self::base_url).
    pub base_url_variable: String,
    /// The header by which the API recognizes a request that is sent again.
    pub idempotency_header: Option<String>,
    /// Everything that a client can authenticate with.
    pub credentials: Vec<Credential>,
    /// The alternatives that most methods take: indices of credentials that go together.
    pub security: Vec<Vec<usize>>,
    /// What wraps the answers.
    pub envelope: Option<Envelope>,
    /// The ways in which lists go on, by name.
    pub paginations: Vec<(String, Pagination)>,
    /// Types that choose one of several endpoints of a method.
    pub scopes: Vec<EndpointChoice>,
    /// The resources at the top.
    pub resources: Vec<Resource>,
    /// Every type.
    pub types: Vec<TypeDefinition>,
    /// Old names of types that stay for a while, by their names in Rust.
    pub renamed_types: Vec<Renaming>,
}

impl Sdk {
    /// The ids of all operations that methods call.
    pub fn operations(&self) -> Vec<&str> {
        fn collect<'a>(resources: &'a [Resource], ids: &mut Vec<&'a str>) {
            for resource in resources {
                for method in &resource.methods {
                    match &method.endpoint {
                        Endpoint::Path(_) => ids.push(&method.operation),
                        Endpoint::Choice { paths, .. } => ids.extend(paths.iter().map(|(id, _)| id.as_str())),
                    }
                }
                collect(&resource.resources, ids);
            }
        }
        let mut ids = Vec::new();
        collect(&self.resources, &mut ids);
        ids
    }

    /// Visits every method.
    pub fn methods(&self, visit: &mut dyn FnMut(&Method)) {
        owner::methods(&self.resources, &mut |_, method| visit(method));
    }

    /// How many values the SDK has names for (parameters, results, fields and members of unions), and which of
    /// them can be any JSON value.
    pub fn free_form(&self) -> (usize, Vec<String>) {
        let mut count = 0;
        let mut free = Vec::new();
        let mut see = |ty: &Type, what: &dyn Fn() -> String| {
            count += 1;
            if ty.is_free_form() {
                free.push(what());
            }
        };
        owner::methods(&self.resources, &mut |path, method| {
            let call = || format!("{}.{}", path.join("."), method.name);
            for parameter in &method.parameters {
                see(&parameter.ty, &|| format!("{}: the parameter `{}`", call(), parameter.name));
            }
            match &method.output {
                Output::Nothing | Output::Text | Output::Bytes | Output::Stream(_) => {}
                Output::Value { ty, .. } => see(ty, &|| format!("{}: the result", call())),
                Output::Page { item, .. } => see(item, &|| format!("{}: the items", call())),
            }
            for stream in method.streams() {
                see(&stream.item, &|| format!("{}: the stream's items", call()));
            }
        });
        for ty in &self.types {
            match &ty.kind {
                // A map of whatever else there is has no one name.
                TypeKind::Object(fields) => {
                    fields
                        .iter()
                        .filter(|field| !field.is_rest)
                        .for_each(|field| see(&field.ty, &|| format!("{}.{}", ty.name, field.wire)));
                }
                TypeKind::Union { variants, .. } => {
                    variants
                        .iter()
                        .for_each(|variant| see(&variant.ty, &|| format!("{} as {}", ty.name, variant.name)));
                }
                TypeKind::Enum(_) => {}
            }
        }
        (count, free)
    }
}

/// Something to authenticate with.
#[derive(Debug)]
pub struct Credential {
    /// Its name.
    pub name: String,
    /// The environment variable that it is read from.
    pub variable: String,
    /// What it is.
    pub description: Option<String>,
    /// Where it goes.
    pub placement: Placement,
}

/// A variable of the base URL.
#[derive(Debug)]
pub struct ServerVariable {
    /// Its name.
    pub name: String,
    /// Its value, unless told otherwise.
    pub default: String,
    /// What it is, and what it can be.
    pub description: Option<String>,
}

/// Where a credential goes.
#[derive(Debug)]
pub enum Placement {
    /// `Authorization: Bearer`.
    Bearer,
    /// `Authorization: Basic`.
    Basic,
    /// The whole of `Authorization`.
    Authorization,
    /// A header.
    Header(String),
    /// A query parameter.
    Query(String),
    /// A cookie.
    Cookie(String),
}

/// A choice between the endpoints of a method, by the path parameter in which they differ.
#[derive(Debug, PartialEq, Eq)]
pub struct EndpointChoice {
    /// Its name.
    pub name: String,
    /// The parameters to choose from.
    pub parameters: Vec<ChoiceParameter>,
}

/// One of the parameters that a scope chooses from.
#[derive(Debug, PartialEq, Eq)]
pub struct ChoiceParameter {
    /// Its name in the path.
    pub name: String,
    /// What it is.
    pub description: Option<String>,
    /// A value that it may have.
    pub example: Option<Value>,
}

/// A group of methods.
#[derive(Debug)]
pub struct Resource {
    /// The names from the top down to this one.
    pub path: Vec<String>,
    /// What it is.
    pub description: Option<String>,
    /// Where more is said of it.
    pub external_docs: Option<ExternalDocs>,
    /// What can be done.
    pub methods: Vec<Method>,
    /// The resources below it.
    pub resources: Vec<Resource>,
}

impl Resource {
    /// Its own name.
    pub fn name(&self) -> &str {
        self.path.last().map_or("", String::as_str)
    }
}

/// Something that can be done with a resource.
#[derive(Debug)]
pub struct Method {
    /// Its name.
    pub name: String,
    /// Names that it had, and that stay for a while.
    pub old_names: Vec<OldName>,
    /// Where its operation stands in the document.
    pub location: SourceLocation,
    /// The operation's id; of several endpoints, the first one's.
    pub operation: String,
    /// The HTTP method.
    pub verb: String,
    /// Where it is, if not where the API is: a URL, or a path on the API's host.
    pub base_url: Option<String>,
    /// Where it goes.
    pub endpoint: Endpoint,
    /// What it does, in a few words.
    pub summary: Option<String>,
    /// What it does.
    pub description: Option<String>,
    /// Where more is said of it.
    pub external_docs: Option<ExternalDocs>,
    /// No longer to be used.
    pub deprecated: bool,
    /// Permissions of which the caller needs one.
    pub permissions: Vec<String>,
    /// What it takes, in the order of the path, then of the document.
    pub parameters: Vec<Parameter>,
    /// How its body is written.
    pub body: Option<RequestBody>,
    /// What it gives.
    pub output: Output,
    /// The media type that an answer is to have, where that is not plain JSON.
    pub accept: Option<String>,
    /// What it gives bit by bit, where it can do that as well.
    pub stream: Option<Stream>,
    /// What asks for that.
    pub switch: Option<StreamFlag>,
    /// Whether its answers have the SDK's envelope.
    pub enveloped: bool,
    /// The answers that mean failure.
    pub failures: Vec<Failure>,
    /// The alternatives to authenticate, where they differ from the SDK's.
    pub security: Option<Vec<Vec<usize>>>,
}

impl Method {
    /// What it can give bit by bit.
    pub fn streams(&self) -> impl Iterator<Item = &Stream> {
        let only = match &self.output {
            Output::Stream(stream) => Some(stream),
            _ => None,
        };
        self.stream.iter().chain(only)
    }
}

/// How the body of a request is written.
#[derive(Debug)]
pub struct RequestBody {
    /// What it is.
    pub format: BodyFormat,
    /// Whether it is sent even where no field of it is set.
    pub required: bool,
    /// The media type of JSON that is not plain.
    pub json_type: Option<String>,
    /// The media types of those fields of a form that have one.
    pub encodings: Vec<(String, String)>,
    /// Other media types that the operation takes.
    pub alternatives: Vec<String>,
}

/// What the body of a request is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyFormat {
    /// JSON.
    Json,
    /// Names and values.
    Form,
    /// A form of several parts.
    Parts,
    /// Anything else.
    Raw,
}

/// What a method gives bit by bit.
#[derive(Debug)]
pub struct Stream {
    /// How the answer is cut into items.
    pub framing: Framing,
    /// The type of the items.
    pub item: Type,
}

/// How an answer is cut into items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// Server-sent events with JSON for data.
    Events,
    /// Server-sent events with text for data.
    TextEvents,
    /// JSON values behind each other.
    Lines,
}

/// A boolean that asks for a stream.
#[derive(Debug)]
pub struct StreamFlag {
    /// Its name on the wire.
    pub wire: String,
    /// Whether it is in the query, and not in the body.
    pub is_query: bool,
    /// Whether it must be there.
    pub required: bool,
}

/// Where a method goes.
#[derive(Debug)]
pub enum Endpoint {
    /// A path's template.
    Path(String),
    /// The path's template for each parameter of a scope, with its operation's id.
    Choice {
        /// The index of the scope.
        scope: usize,
        /// The operations' ids and paths.
        paths: Vec<(String, String)>,
    },
}

/// One thing that a method takes.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Where it stands.
    pub location: SourceLocation,
    /// Its name on the wire; empty for a whole body.
    pub wire: String,
    /// Its name for people.
    pub name: String,
    /// Where it goes.
    pub kind: ParameterKind,
    /// How lists and objects stand in it, in a path, query, header, cookie or form.
    pub style: Style,
    /// Whether reserved characters stay as they are, in a query.
    pub allow_reserved: bool,
    /// Whether it must be given.
    pub required: bool,
    /// Whether it can be null.
    pub nullable: bool,
    /// Its type.
    pub ty: Type,
    /// The one value that it has.
    pub constant: Option<Constant>,
    /// What it is.
    pub description: Option<String>,
    /// No longer to be used.
    pub deprecated: bool,
    /// A value that it may have.
    pub example: Option<Value>,
}

impl Parameter {
    /// Whether a method can't do without it: it becomes an argument.
    pub fn is_needed(&self) -> bool {
        self.required && self.constant.is_none()
    }
}

/// Where a parameter goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterKind {
    /// One of the scope's parameters, in the path.
    EndpointChoice,
    /// In the path.
    Path,
    /// In the query.
    Query,
    /// Among the headers.
    Header,
    /// Among the cookies.
    Cookie,
    /// A property of the body.
    Field,
    /// The whole body.
    Body,
    /// A field of the form that is the body.
    FormField,
    /// A part of the form that is the body.
    Part,
    /// The whole body, of the media type that is the parameter's name on the wire.
    Raw,
}

/// How lists and objects stand in a parameter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Style {
    /// As is usual in its place: repeated in a query, with commas elsewhere.
    #[default]
    Default,
    /// With commas between.
    Comma,
    /// With blanks between.
    Space,
    /// With bars between.
    Pipe,
    /// Keys in brackets behind the name.
    DeepObject,
    /// An object's properties are parameters of their own.
    Properties,
    /// With commas between, in a path or header.
    Simple,
    /// An object's keys and values with `=` between, in a path or header.
    SimpleExploded,
    /// Behind a dot.
    Label,
    /// Each item behind a dot.
    LabelExploded,
    /// Behind a semicolon with the name.
    Matrix,
    /// Each item behind a semicolon with the name.
    MatrixExploded,
    /// As JSON.
    Json,
}

/// An answer that means failure.
#[derive(Debug)]
pub struct Failure {
    /// Its status, such as `404`, `4XX`, or `default` for all that aren't listed.
    pub status: String,
    /// What it means.
    pub description: Option<String>,
    /// The type of its body, where the document has one that isn't the SDK's envelope.
    pub ty: Option<Type>,
}

/// What a method gives.
#[derive(Debug)]
pub enum Output {
    /// Nothing.
    Nothing,
    /// Text that is no JSON.
    Text,
    /// Bytes that are no JSON.
    Bytes,
    /// A value.
    Value {
        /// Its type.
        ty: Type,
        /// Whether it can be null.
        nullable: bool,
    },
    /// A page of a list, by the index of its pagination.
    Page {
        /// The type of its items.
        item: Type,
        /// The index of the pagination.
        pagination: usize,
    },
    /// Items that are read while they come.
    Stream(Stream),
}

//! Names that generated Rust code has anyway, by namespace. A test compares them with the runtime and the templates.

/// Keywords of Rust, strict and reserved, in every edition.
pub(super) const KEYWORDS: &[&str] = &[
    "_", "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro",
    "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "Self", "self", "static", "struct",
    "super", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while",
    "yield",
];

/// Names that generated code uses without a path, so that no type can have them.
pub(super) const TYPES: &[&str] = &[
    "BTreeMap",
    "Box",
    "Clone",
    "Debug",
    "Default",
    "Err",
    "From",
    "Into",
    "IntoIterator",
    "None",
    "Ok",
    "Option",
    "Operation",
    "PartialEq",
    "Request",
    "Result",
    "Self",
    "Some",
    "String",
    "Vec",
    "Client",
];

/// Types at the root of a generated crate, besides those of the API.
pub(super) const ROOT_TYPES: &[&str] = &[
    "Base64",
    "Blocking",
    "BlockingIter",
    "Body",
    "Call",
    "Chunks",
    "ClientBuilder",
    "Date",
    "DateTime",
    "Duration",
    "Error",
    "Event",
    "Items",
    "Message",
    "Object",
    "Page",
    "Pages",
    "Part",
    "Progress",
    "RequestOptions",
    "Response",
    "ResponseFuture",
    "ResultFuture",
    "ResultInfo",
    "ResumeToken",
    "RetryBudget",
    "RetryPolicy",
    "Secret",
    "Streaming",
    "Time",
    "TokenSource",
    "UntypedRequest",
    "Value",
];

/// Modules, functions, features and crates that a generated crate has anyway.
pub(super) const MODULES: &[&str] = &[
    "alloc",
    "api",
    "as_ref",
    "blocking",
    "brotli",
    "builder",
    "client",
    "clone",
    "core",
    "default",
    "error",
    "fmt",
    "from_env",
    "guides",
    "gzip",
    "json",
    "lib",
    "main",
    "mod",
    "models",
    "observe",
    "paging",
    "request",
    "reqwest",
    "retry",
    "runtime",
    "std",
    "tracing",
    "transport",
    "types",
    "zstd",
];

/// Methods of structs: the constructor and those of derived traits.
pub(super) const FIELDS: &[&str] = &["clone", "default", "new"];

/// Variant that keeps a value that the SDK does not know.
pub(super) const VARIANTS: &[&str] = &["Unrecognized"];

/// Variables in the body of a generated method.
pub(super) const ARGUMENTS: &[&str] = &["request"];

/// Methods of every request.
pub(super) const SETTERS: &[&str] = &[
    "as_curl",
    "as_curl_with_body",
    "clone",
    "fmt",
    "from",
    "into",
    "into_future",
    "items",
    "request_mut",
    "send",
    "with_attempt_timeout",
    "with_body",
    "with_body_field",
    "with_header",
    "with_idempotency_key",
    "with_idempotent",
    "with_max_retries",
    "with_part",
    "with_query",
    "with_retry",
    "with_timeout",
];

/// Methods of the client's builder.
pub(super) const CLIENT_SETTINGS: &[&str] = &[
    "allow_http",
    "as_ref",
    "attempt_timeout",
    "base_url",
    "build",
    "clone",
    "connect_timeout",
    "fmt",
    "from_env",
    "header",
    "max_concurrent_requests",
    "max_response_size",
    "max_retries",
    "new",
    "obey_rate_limit_headers",
    "observer",
    "rate_limit",
    "retry",
    "retry_budget",
    "timeout",
    "trace_bodies",
    "transport",
];

/// Statics of the module `api`.
pub(super) const STATICS: &[&str] = &["ANY", "API", "ENVELOPE", "SECURITY"];

//! Names that generated Rust code reserves, by namespace. Names of the API must differ from them.
//!
//! `tests/reserved.rs` compares the lists with the generated code and the runtime.

/// Keywords of Rust, strict and reserved, in every edition.
pub const KEYWORDS: &[&str] = &[
    "_", "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro",
    "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "Self", "self", "static", "struct",
    "super", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while",
    "yield",
];

/// Types and traits that the modules of resources use without a path.
pub const TYPES: &[&str] =
    &["BTreeMap", "Box", "Into", "IntoIterator", "Operation", "Option", "Request", "Self", "String", "Vec"];

/// Names that programs use without a path. Generated code would compile with types of these names, but a program
/// that imports a module with `*` would get them instead of the standard ones.
pub const SHADOWED: &[&str] =
    &["Clone", "Client", "Debug", "Default", "Err", "From", "None", "Ok", "PartialEq", "Result", "Some"];

/// Types and traits at the root of a generated crate, besides those of the API, and those that its client uses without
/// a path.
pub const ROOT_TYPES: &[&str] = &[
    "AsRef",
    "Base64",
    "Blocking",
    "BlockingIter",
    "Body",
    "Call",
    "Chunks",
    "Client",
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
    "Result",
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

/// Crates that generated modules refer to by a relative path: no child module can have these names.
pub const CRATES: &[&str] = &["runtime", "std"];

/// Modules at the root of a generated crate.
pub const ROOT_MODULES: &[&str] =
    &["api", "client", "error", "guides", "jiff", "observe", "paging", "retry", "transport", "types"];

/// Folders and files in `src` that cargo and rustc do not treat as modules.
pub const ROOT_FILES: &[&str] = &["bin", "lib"];

/// Cargo features of a generated crate that do not belong to a resource.
pub const FEATURES: &[&str] =
    &["blocking", "brotli", "chrono", "default", "gzip", "replay", "reqwest", "time", "tracing", "zstd"];

/// Methods of the client.
pub const CLIENT_METHODS: &[&str] = &["as_ref", "builder", "clone", "from_env", "request"];

/// Methods of structs: the constructor and those of derived traits.
pub const FIELDS: &[&str] = &["clone", "default", "new"];

/// Variants that every enum and union has.
pub const VARIANTS: &[&str] = &["Unrecognized"];

/// Variables in the body of a generated method.
pub const ARGUMENTS: &[&str] = &["request"];

/// Methods of every request.
pub const SETTERS: &[&str] = &[
    "as_curl",
    "as_curl_with_body",
    "clone",
    "into_future",
    "request_mut",
    "send",
    "send_blocking",
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

/// Methods of requests whose response is a page.
pub const PAGE_SETTERS: &[&str] = &["items"];

/// Methods of requests whose response is text or bytes.
pub const DOWNLOAD_SETTERS: &[&str] = &["chunks"];

/// Methods of requests that can return a stream instead of a value.
pub const STREAM_SETTERS: &[&str] = &["stream"];

/// Methods of the client's builder.
pub const CLIENT_SETTINGS: &[&str] = &[
    "allow_http",
    "attempt_timeout",
    "base_url",
    "build",
    "clone",
    "connect_timeout",
    "from_env",
    "header",
    "max_concurrent_requests",
    "max_response_size",
    "max_retries",
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
pub const STATICS: &[&str] = &["ANY", "API", "ENVELOPE", "SECURITY"];

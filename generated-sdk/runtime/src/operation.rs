//! Description of an API, which generated code declares in `static` items.

use std::ops::Deref;
use std::sync::Arc;

pub use sdk_protocol::{Envelope, ErrorKeys, Pagination, Placement};

/// Operation of an API. Generated code declares one `static` for each operation.
///
/// # Examples
/// ```
/// use sdk_runtime::operation::Operation;
/// use sdk_runtime::paging::{Pagination, Scheme};
///
/// static PAGES: Pagination = Pagination {
///     items: &["result"],
///     info: &["result_info"],
///     has_more: &[],
///     scheme: Scheme::PageNumber { page: "page", first: 1 },
/// };
///
/// static LIST: Operation = Operation::get("accounts-list", "/accounts").with_pagination(&PAGES);
/// assert_eq!((LIST.method, LIST.path), ("GET", "/accounts"));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Operation {
    /// `operationId` in the API's document.
    pub id: &'static str,
    /// HTTP method, in capitals.
    pub method: &'static str,
    /// Path template relative to the base URL, such as `/accounts/{account_id}`.
    pub path: &'static str,
    /// Base URL, if it differs from the base URL of the API: an absolute URL, or one relative to the API's.
    pub base_url: Option<&'static str>,
    /// Envelope of the responses, if they have one.
    pub envelope: Option<&'static Envelope>,
    /// Pagination, if the operation is a list.
    pub pagination: Option<&'static Pagination>,
    /// Alternative sets of credentials, the preferred one first. If empty, the operation is public.
    pub security: &'static [&'static [&'static Credential]],
}

impl Operation {
    /// Returns a public operation without envelope and pagination. `method` is in capitals.
    pub const fn new(id: &'static str, method: &'static str, path: &'static str) -> Self {
        Self { id, method, path, base_url: None, envelope: None, pagination: None, security: &[] }
    }

    /// Returns an operation with the method `GET`. See [`new`](Self::new).
    pub const fn get(id: &'static str, path: &'static str) -> Self {
        Self::new(id, "GET", path)
    }

    /// Returns an operation with the method `HEAD`. See [`new`](Self::new).
    pub const fn head(id: &'static str, path: &'static str) -> Self {
        Self::new(id, "HEAD", path)
    }

    /// Returns an operation with the method `POST`. See [`new`](Self::new).
    pub const fn post(id: &'static str, path: &'static str) -> Self {
        Self::new(id, "POST", path)
    }

    /// Returns an operation with the method `PUT`. See [`new`](Self::new).
    pub const fn put(id: &'static str, path: &'static str) -> Self {
        Self::new(id, "PUT", path)
    }

    /// Returns an operation with the method `PATCH`. See [`new`](Self::new).
    pub const fn patch(id: &'static str, path: &'static str) -> Self {
        Self::new(id, "PATCH", path)
    }

    /// Returns an operation with the method `DELETE`. See [`new`](Self::new).
    pub const fn delete(id: &'static str, path: &'static str) -> Self {
        Self::new(id, "DELETE", path)
    }

    /// Sets the base URL.
    #[must_use]
    pub const fn with_base_url(mut self, url: &'static str) -> Self {
        self.base_url = Some(url);
        self
    }

    /// Sets the envelope of the responses.
    #[must_use]
    pub const fn with_envelope(mut self, envelope: &'static Envelope) -> Self {
        self.envelope = Some(envelope);
        self
    }

    /// Sets the pagination of a list.
    #[must_use]
    pub const fn with_pagination(mut self, pagination: &'static Pagination) -> Self {
        self.pagination = Some(pagination);
        self
    }

    /// Sets the alternative sets of credentials.
    #[must_use]
    pub const fn with_security(mut self, security: &'static [&'static [&'static Credential]]) -> Self {
        self.security = security;
        self
    }
}

/// Operation of a request.
#[derive(Clone, Debug)]
pub(crate) enum OperationRef {
    /// Operation of the API's document.
    Document(&'static Operation),
    /// Operation that the program defines at run time.
    Program(Arc<Operation>),
}

impl Deref for OperationRef {
    type Target = Operation;

    #[inline]
    fn deref(&self) -> &Operation {
        match self {
            Self::Document(operation) => operation,
            Self::Program(operation) => operation,
        }
    }
}

impl From<Operation> for OperationRef {
    fn from(operation: Operation) -> Self {
        Self::Program(Arc::new(operation))
    }
}

/// Credential of an API.
#[derive(Debug, PartialEq, Eq)]
pub struct Credential {
    /// Name in the SDK, such as `api_token`.
    pub name: &'static str,
    /// Environment variable that [`ClientBuilder::from_env`](crate::ClientBuilder::from_env) reads.
    pub variable: &'static str,
    /// Location in a request.
    pub placement: Placement,
}

/// Properties of an API that all of its operations share.
#[derive(Debug, PartialEq, Eq)]
pub struct Api {
    /// Value of the `User-Agent` header: the generated package and its version.
    pub user_agent: &'static str,
    /// Default base URL. Can contain variables in braces, such as `https://{region}.example.com`.
    pub base_url: &'static str,
    /// Names and default values of the variables in the base URL.
    pub base_url_parts: &'static [(&'static str, &'static str)],
    /// Environment variable that overrides [`base_url`](Self::base_url).
    pub base_url_variable: &'static str,
    /// Credentials of all operations.
    pub credentials: &'static [&'static Credential],
    /// Alternative sets of credentials of most operations, the preferred one first.
    pub security: &'static [&'static [&'static Credential]],
    /// Request header for an idempotency key, if the API supports one.
    pub idempotency_header: Option<&'static str>,
    /// Response header with the ID of the request. If `None`, `x-request-id` and `request-id` are tried.
    pub request_id_header: Option<&'static str>,
    /// Paths to codes and messages in error responses that have no envelope. Empty lists select
    /// [`ErrorKeys::DEFAULT`].
    pub error_keys: ErrorKeys,
}

impl Api {
    /// API without base URL, credentials and settings, for struct update syntax: `..Api::DEFAULT`.
    pub const DEFAULT: Self = Self {
        user_agent: "",
        base_url: "",
        base_url_parts: &[],
        base_url_variable: "",
        credentials: &[],
        security: &[],
        idempotency_header: None,
        request_id_header: None,
        error_keys: ErrorKeys { codes: &[], messages: &[] },
    };
}

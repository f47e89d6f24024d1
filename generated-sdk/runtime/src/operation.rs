//! What generated code states of the API: plain constants that the rest of the runtime acts on.

use std::ops::Deref;
use std::sync::Arc;

pub use sdk_protocol::{Envelope, Pagination, Placement};

/// One operation of the API. Generated code has one `static` of these for each.
#[derive(Clone, Copy, Debug)]
pub struct Operation {
    /// The operation's id in the API's document.
    pub id: &'static str,
    /// The HTTP method, in capitals.
    pub method: &'static str,
    /// The path's template, such as `/accounts/{account_id}`; it follows the base URL.
    pub path: &'static str,
    /// Where it is, if not where the whole API is: a URL, or a path on the API's host.
    pub base_url: Option<&'static str>,
    /// What wraps the answers, if anything does.
    pub envelope: Option<&'static Envelope>,
    /// How a list goes on after its first page, for lists.
    pub pagination: Option<&'static Pagination>,
    /// The ways to authenticate, each a set of credentials that go together; none for a public operation.
    pub security: &'static [&'static [&'static Credential]],
}

/// Where the operation of a request comes from.
#[derive(Clone, Debug)]
pub(crate) enum OperationRef {
    /// From the API's document.
    Document(&'static Operation),
    /// From the program, which asks for what is not in the document.
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

/// One credential that the API knows.
#[derive(Debug, PartialEq, Eq)]
pub struct Credential {
    /// Its name in the SDK, such as `api_token`.
    pub name: &'static str,
    /// The environment variable that [`crate::ClientBuilder::from_env`] reads it from.
    pub variable: &'static str,
    /// Where it goes in a request.
    pub placement: Placement,
}

/// What the whole API has in common.
#[derive(Debug)]
pub struct Api {
    /// Named in the `User-Agent` header: the generated package and its version.
    pub user_agent: &'static str,
    /// Where the API is, unless told otherwise. It may have variables, in braces.
    pub base_url: &'static str,
    /// The variables of the base URL, each with its value unless told otherwise.
    pub base_url_parts: &'static [(&'static str, &'static str)],
    /// The environment variable that overrides [`base_url`](Self::base_url).
    pub base_url_variable: &'static str,
    /// Every credential that some operation takes.
    pub credentials: &'static [&'static Credential],
    /// The ways to authenticate that most operations take, best first.
    pub security: &'static [&'static [&'static Credential]],
    /// The header whose value lets the server recognize a request that is sent again, if the API has one.
    pub idempotency_header: Option<&'static str>,
}

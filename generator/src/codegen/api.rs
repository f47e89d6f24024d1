//! Definitions that the whole API shares: base URL, credentials, pagination, and choices between endpoints.

use sdk_protocol::{Owned, Pagination as ConfiguredPagination, Placement, Scheme};
use serde::Serialize;

use super::aliases::TypeAlias;
use super::cfg_gate::CfgGate;
use super::context::CodegenContext;
use super::doc_block::DocBlock;
use super::expression::Expression;
use super::identifiers as names;
use super::literal::StringLiteral;
use super::markdown::{code, one_line};
use crate::model::{ChoiceParameter, Credential as ModelCredential, ServerVariable};
use crate::naming::{CredentialNames, Name};

/// Definitions that the whole API shares.
#[derive(Debug, Serialize)]
pub struct Api {
    /// Base URL.
    pub base_url: StringLiteral,
    /// Variables in the base URL.
    pub base_url_parts: Vec<BaseUrlPart>,
    /// Documentation of the servers that the document lists. Empty if there is only one.
    pub servers: DocBlock,
    /// Environment variable that overrides the base URL.
    pub base_url_variable: StringLiteral,
    /// Name of that environment variable, for documentation.
    pub base_url_name: String,
    /// Header by which the API recognizes retries of a request.
    pub idempotency_header: Option<StringLiteral>,
    /// Response header with the ID of the request.
    pub request_id_header: Option<StringLiteral>,
    /// Paths to codes and to messages in error responses.
    pub error_keys: [Expression; 2],
    /// Credentials of the client.
    pub credentials: Vec<Credential>,
    /// Security requirement of most operations: alternatives of credentials, by the names of their statics.
    pub security: Vec<Vec<String>>,
    /// Security requirements of other operations, each with the name of its static.
    pub securities: Vec<(String, Vec<Vec<String>>)>,
    /// Property names of the envelope.
    pub envelope: Option<Envelope>,
    /// Pagination schemes.
    pub paginations: Vec<Pagination>,
    /// Choices between endpoints.
    pub endpoint_choices: Vec<EndpointChoice>,
}

/// Property names of the envelope.
#[derive(Debug, Serialize)]
pub struct Envelope {
    /// Result of the call.
    pub result: StringLiteral,
    /// Flag that is `true` on success.
    pub success: StringLiteral,
    /// List of errors.
    pub errors: StringLiteral,
    /// List of messages that are not errors.
    pub messages: StringLiteral,
}

/// Credential of the client.
#[derive(Debug, Serialize)]
pub struct Credential {
    /// Name of the static.
    pub constant: String,
    /// Name of the builder's method.
    pub method: String,
    /// Name of the credential.
    pub name: StringLiteral,
    /// Environment variable of the credential.
    pub variable: StringLiteral,
    /// Name of that environment variable, for documentation.
    pub variable_name: String,
    /// `true` if the credential is a token, which can expire.
    pub is_token: bool,
    /// Location in the request.
    pub placement: Expression,
    /// Documentation of the credential.
    pub docs: DocBlock,
}

/// Variable in the base URL.
#[derive(Debug, Serialize)]
pub struct BaseUrlPart {
    /// Name of the builder's method.
    pub method: String,
    /// Name of the variable.
    pub name: StringLiteral,
    /// Default value.
    pub default: StringLiteral,
    /// Documentation of the variable.
    pub docs: DocBlock,
}

/// Pagination scheme.
#[derive(Debug, Serialize)]
pub struct Pagination {
    /// Name of the static.
    pub constant: String,
    /// Path of the items in the response.
    pub items: Expression,
    /// Path of the page information.
    pub info: Expression,
    /// Paths of the flag that is `true` if more pages follow.
    pub has_more: Expression,
    /// Parameters that select the next page.
    pub scheme: Expression,
}

/// Choice between the endpoints of a method.
#[derive(Debug, Serialize)]
pub struct EndpointChoice {
    /// Name of the enum.
    pub name: String,
    /// Variants of the enum.
    pub variants: Vec<ChoiceVariant>,
    /// Features that need the enum.
    pub gate: CfgGate,
    /// Deprecated names of the enum.
    pub aliases: Vec<TypeAlias>,
}

/// Variant of a choice between endpoints.
#[derive(Debug, Serialize)]
pub struct ChoiceVariant {
    /// Name of the variant.
    pub name: String,
    /// Name of the constructor.
    pub method: String,
    /// Documentation of the variant.
    pub docs: DocBlock,
}

impl CodegenContext<'_> {
    pub(super) fn api(&self) -> Api {
        let sdk = self.sdk;
        let names = self.names.names().api();
        let constants: Vec<String> = names.credentials.iter().map(|names| names.constant.upper_snake()).collect();
        let alternative = |alternative: &Vec<usize>| -> Vec<String> {
            alternative.iter().map(|index| constants[*index].clone()).collect()
        };
        let security = |security: &[Vec<usize>]| security.iter().map(alternative).collect();
        Api {
            base_url: StringLiteral::new(&sdk.base_url),
            base_url_parts: sdk.base_url_parts.iter().zip(&names.server_variables).map(base_url_part).collect(),
            servers: servers(&sdk.servers),
            base_url_variable: StringLiteral::new(&sdk.base_url_variable),
            base_url_name: sdk.base_url_variable.clone(),
            idempotency_header: sdk.idempotency_header.as_deref().map(StringLiteral::new),
            request_id_header: sdk.request_id_header.as_deref().map(StringLiteral::new),
            error_keys: match &sdk.error_keys {
                Some(keys) => [paths(&keys.codes), paths(&keys.messages)],
                None => [paths(&[]), paths(&[])],
            },
            credentials: sdk.credentials.iter().zip(&names.credentials).map(credential).collect(),
            security: security(&sdk.security),
            securities: names.securities.iter().map(|(own, name)| (name.upper_snake(), security(own))).collect(),
            envelope: sdk.envelope.as_ref().map(|envelope| Envelope {
                result: StringLiteral::new(&envelope.result),
                success: StringLiteral::new(&envelope.success),
                errors: StringLiteral::new(&envelope.errors),
                messages: StringLiteral::new(&envelope.messages),
            }),
            paginations: sdk.paginations.iter().zip(&names.paginations).map(pagination).collect(),
            endpoint_choices: (0..sdk.endpoint_choices.len()).map(|index| self.endpoint_choice(index)).collect(),
        }
    }

    fn endpoint_choice(&self, index: usize) -> EndpointChoice {
        let choice = &self.sdk.endpoint_choices[index];
        let names = &self.names.names().choices()[index];
        let name = self.names.choice(index);
        EndpointChoice {
            gate: CfgGate::of_endpoint_choice(self.sdk, index),
            aliases: self.type_aliases("").into_iter().filter(|alias| alias.target == name).collect(),
            name,
            variants: choice.parameters.iter().zip(&names.variants).map(choice_variant).collect(),
        }
    }
}

fn credential((credential, names): (&ModelCredential, &CredentialNames)) -> Credential {
    let placement = |variant: &str| Expression::code(format!("Placement::{variant}"));
    let fallback = format!("The {} credential.", code(&credential.name));
    Credential {
        constant: names.constant.upper_snake(),
        method: names::snake(&names.setting),
        name: StringLiteral::new(&credential.name),
        variable: StringLiteral::new(&credential.variable),
        variable_name: credential.variable.clone(),
        is_token: matches!(credential.placement, Placement::Bearer),
        placement: match &credential.placement {
            Placement::Bearer => placement("Bearer"),
            Placement::Basic => placement("Basic"),
            Placement::Header(name) => placement("Header").call([Expression::text(name)]),
            Placement::Query(name) => placement("Query").call([Expression::text(name)]),
            Placement::Cookie(name) => placement("Cookie").call([Expression::text(name)]),
        },
        docs: DocBlock::of(credential.description.as_deref(), &fallback),
    }
}

fn choice_variant((parameter, name): (&ChoiceParameter, &Name)) -> ChoiceVariant {
    let fallback = format!("Value of the {} parameter.", code(&parameter.name));
    ChoiceVariant {
        name: name.upper_camel(),
        method: names::snake(name),
        docs: DocBlock::of(parameter.description.as_deref(), &fallback),
    }
}

fn base_url_part((variable, name): (&ServerVariable, &Name)) -> BaseUrlPart {
    let fallback = format!("Sets {} in the base URL.", code(&variable.name));
    let mut docs = DocBlock::of(variable.description.as_deref(), &fallback);
    docs.push_markdown(&format!("Defaults to {}. Ignored if the base URL is set.", code(&variable.default)));
    BaseUrlPart {
        method: names::snake(name),
        name: StringLiteral::new(&variable.name),
        default: StringLiteral::new(&variable.default),
        docs,
    }
}

/// Returns the documentation of the servers, if there are several.
fn servers(servers: &[(String, Option<String>)]) -> DocBlock {
    let mut docs = DocBlock::default();
    if servers.len() > 1 {
        docs.push_markdown("Servers of the API:");
        let item = |(url, description): &(String, Option<String>)| match description.as_deref().and_then(one_line)
        {
            Some(description) => format!("{}: {description}", code(url)),
            None => code(url),
        };
        docs.push_list(None, servers.iter().map(item));
    }
    docs
}

fn pagination(((_, pagination), name): (&(String, ConfiguredPagination<Owned>), &Name)) -> Pagination {
    let scheme = |variant: &str, fields| Expression::Struct(format!("Scheme::{variant}"), fields);
    let number = |number: u64| Expression::code(number.to_string());
    Pagination {
        constant: name.upper_snake(),
        items: path(&pagination.items),
        info: path(&pagination.info),
        has_more: paths(&pagination.has_more),
        scheme: match &pagination.scheme {
            Scheme::Single => Expression::code("Scheme::Single"),
            Scheme::PageNumber { page, first } => {
                scheme("PageNumber", vec![("page", Expression::text(page)), ("first", number(*first))])
            }
            Scheme::Offset { offset, first } => {
                scheme("Offset", vec![("offset", Expression::text(offset)), ("first", number(*first))])
            }
            Scheme::Cursor { cursor, next } => {
                scheme("Cursor", vec![("cursor", Expression::text(cursor)), ("next", paths(next))])
            }
            Scheme::LastItem { cursor, item } => {
                scheme("LastItem", vec![("cursor", Expression::text(cursor)), ("item", path(item))])
            }
            Scheme::NextUrl { next } => scheme("NextUrl", vec![("next", paths(next))]),
            Scheme::LinkHeader => Expression::code("Scheme::LinkHeader"),
        },
    }
}

/// Returns a path into JSON.
fn path(path: &[String]) -> Expression {
    Expression::Array(path.iter().map(Expression::text).collect()).reference()
}

/// Returns a list of paths into JSON.
fn paths(paths: &[Vec<String>]) -> Expression {
    Expression::Array(paths.iter().map(|names| path(names)).collect()).reference()
}

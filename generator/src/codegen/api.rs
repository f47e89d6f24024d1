//! What the whole API has in common: where it is, how to authenticate, how lists go on, and choices between endpoints.

use serde::Serialize;

use super::aliases::TypeAlias;
use super::{TypeLowering, docs, names};
use crate::config::{Pagination as ConfiguredPagination, Scheme};
use crate::model::{Endpoint, Method, Placement, Resource, Sdk, ServerVariable};

/// What the whole API has in common, as literals.
#[derive(Debug, Serialize)]
pub struct Api {
    /// The base URL.
    pub base_url: String,
    /// The variables of the base URL.
    pub base_url_parts: Vec<BaseUrlPart>,
    /// The places that the document names, for people.
    pub servers: Vec<String>,
    /// The environment variable that overrides the base URL.
    pub base_url_variable: String,
    /// The header by which the API recognizes a request that is sent again.
    pub idempotency_header: Option<String>,
    /// Its name, as text.
    pub base_url_name: String,
    /// The credentials.
    pub credentials: Vec<Credential>,
    /// The alternatives to authenticate, by the names of the credentials' statics.
    pub security: Vec<Vec<String>>,
    /// Those that some operations have instead, each by the name of its static.
    pub securities: Vec<(String, Vec<Vec<String>>)>,
    /// The envelope's property names, in the order of the runtime's fields.
    pub envelope: Option<[String; 4]>,
    /// The ways in which lists go on.
    pub paginations: Vec<Pagination>,
    /// The scopes.
    pub scopes: Vec<EndpointChoice>,
}

/// A credential.
#[derive(Debug, Serialize)]
pub struct Credential {
    /// The static that defines it.
    pub constant: String,
    /// The builder's method.
    pub method: String,
    /// Its name, as a literal.
    pub name: String,
    /// Its environment variable, as a literal.
    pub variable: String,
    /// Its environment variable, as text.
    pub variable_name: String,
    /// Whether it is a token, which may run out.
    pub is_token: bool,
    /// Where it goes, as an expression.
    pub placement: String,
    /// What it is.
    pub docs: Vec<String>,
}

/// A variable of the base URL.
#[derive(Debug, Serialize)]
pub struct BaseUrlPart {
    /// The builder's method.
    pub method: String,
    /// Its name, as a literal.
    pub name: String,
    /// Its value unless told otherwise, as a literal.
    pub default: String,
    /// What it is.
    pub docs: Vec<String>,
}

/// A way in which lists go on.
#[derive(Debug, Serialize)]
pub struct Pagination {
    /// The static that defines it.
    pub constant: String,
    /// The path to the items, as an expression.
    pub items: String,
    /// The path to the page information, as an expression.
    pub info: String,
    /// The paths to the flag that says whether there is more, as an expression.
    pub has_more: String,
    /// What asks for the next page, as an expression.
    pub scheme: String,
}

/// A choice between the endpoints of a method.
#[derive(Debug, Serialize)]
pub struct EndpointChoice {
    /// The enum's name.
    pub name: String,
    /// The enum's variants.
    pub variants: Vec<ChoiceVariant>,
    /// The features that need it, as literals; none if all do.
    pub features: Vec<String>,
    /// The names that it had.
    pub aliases: Vec<TypeAlias>,
}

/// One of the choices.
#[derive(Debug, Serialize)]
pub struct ChoiceVariant {
    /// The variant's name.
    pub name: String,
    /// The constructor's name.
    pub method: String,
    /// What it is.
    pub docs: Vec<String>,
}

impl TypeLowering<'_> {
    pub(super) fn api(&self) -> Api {
        let sdk = self.sdk;
        let constants: Vec<String> =
            self.names.names().api().credentials.iter().map(|names| names.constant.upper_snake()).collect();
        let way = |way: &Vec<usize>| way.iter().map(|index| constants[*index].clone()).collect();
        let ways = |ways: &[Vec<usize>]| ways.iter().map(way).collect();
        Api {
            base_url: names::literal(&sdk.base_url),
            base_url_parts: sdk
                .base_url_parts
                .iter()
                .zip(&self.names.names().api().server_variables)
                .map(|(variable, name)| base_url_part(variable, names::snake(name)))
                .collect(),
            servers: if sdk.servers.len() > 1 { docs::servers(&sdk.servers) } else { Vec::new() },
            base_url_variable: names::literal(&sdk.base_url_variable),
            idempotency_header: sdk.idempotency_header.as_deref().map(names::literal),
            base_url_name: sdk.base_url_variable.clone(),
            credentials: sdk
                .credentials
                .iter()
                .zip(&self.names.names().api().credentials)
                .map(|(credential, names)| Credential {
                    constant: names.constant.upper_snake(),
                    method: names::snake(&names.setting),
                    name: names::literal(&credential.name),
                    variable: names::literal(&credential.variable),
                    variable_name: credential.variable.clone(),
                    is_token: matches!(credential.placement, Placement::Bearer),
                    placement: match &credential.placement {
                        Placement::Bearer => "Placement::Bearer".to_owned(),
                        Placement::Basic => "Placement::Basic".to_owned(),
                        Placement::Authorization => "Placement::Header(\"Authorization\")".to_owned(),
                        Placement::Header(name) => format!("Placement::Header({})", names::literal(name)),
                        Placement::Query(name) => format!("Placement::Query({})", names::literal(name)),
                        Placement::Cookie(name) => format!("Placement::Cookie({})", names::literal(name)),
                    },
                    docs: docs::lines(&[Some(docs::or(
                        credential.description.as_deref(),
                        &format!("The credential `{}`.", credential.name),
                    ))]),
                })
                .collect(),
            security: ways(&sdk.security),
            securities: self
                .names
                .names()
                .api()
                .securities
                .iter()
                .map(|(own, name)| (name.upper_snake(), ways(own)))
                .collect(),
            envelope: sdk.envelope.as_ref().map(|envelope| {
                [&envelope.result, &envelope.success, &envelope.errors, &envelope.messages]
                    .map(|name| names::literal(name))
            }),
            paginations: sdk
                .paginations
                .iter()
                .zip(&self.names.names().api().paginations)
                .map(|((_, pagination), name)| lower_pagination(name.upper_snake(), pagination))
                .collect(),
            scopes: (0..sdk.scopes.len()).map(|index| self.scope(index)).collect(),
        }
    }

    fn scope(&self, index: usize) -> EndpointChoice {
        let scope = &self.sdk.scopes[index];
        let name = self.names.choice(index);
        let target = format!("crate::{name}");
        EndpointChoice {
            features: scope_features(self.sdk, index),
            aliases: self.type_aliases("").into_iter().filter(|alias| alias.target == target).collect(),
            name,
            variants: scope
                .parameters
                .iter()
                .zip(&self.names.names().choices()[index].variants)
                .map(|(parameter, variant)| ChoiceVariant {
                    name: variant.upper_camel(),
                    method: names::snake(variant),
                    docs: docs::lines(&[Some(docs::or(
                        parameter.description.as_deref(),
                        &format!("The parameter `{}`.", parameter.name),
                    ))]),
                })
                .collect(),
        }
    }
}

fn base_url_part(variable: &ServerVariable, method: String) -> BaseUrlPart {
    BaseUrlPart {
        method,
        name: names::literal(&variable.name),
        default: names::literal(&variable.default),
        docs: docs::lines(&[
            Some(docs::or(variable.description.as_deref(), &format!("Sets `{}` in the base URL.", variable.name))),
            Some(&format!("It is `{}` unless set. Setting the whole base URL wins.", variable.default)),
        ]),
    }
}

/// The features that need a scope; none if all do.
pub(super) fn scope_features(sdk: &Sdk, index: usize) -> Vec<String> {
    let users = sdk.resources.iter().filter(|resource| uses_scope(resource, index));
    let features: Vec<String> = users.map(|resource| names::literal(&names::module(resource.name()))).collect();
    if features.len() == sdk.resources.len() { Vec::new() } else { features }
}

fn uses_scope(resource: &Resource, index: usize) -> bool {
    let own = |method: &Method| matches!(method.endpoint, Endpoint::Choice { scope, .. } if scope == index);
    resource.methods.iter().any(own) || resource.resources.iter().any(|child| uses_scope(child, index))
}

fn lower_pagination(constant: String, pagination: &ConfiguredPagination) -> Pagination {
    let path = |path: &Vec<String>| {
        let names: Vec<String> = path.iter().map(|name| names::literal(name)).collect();
        format!("&[{}]", names.join(", "))
    };
    let paths = |paths: &[Vec<String>]| format!("&[{}]", paths.iter().map(path).collect::<Vec<_>>().join(", "));
    let literal = |text: &str| names::literal(text);
    let scheme = match &pagination.scheme {
        Scheme::Single => "Single".to_owned(),
        Scheme::PageNumber { page, first, .. } => {
            format!("PageNumber {{ page: {}, first: {first} }}", literal(page))
        }
        Scheme::Offset { offset, first, .. } => {
            format!("Offset {{ offset: {}, first: {first} }}", literal(offset))
        }
        Scheme::Cursor { cursor, next, .. } => {
            format!("Cursor {{ cursor: {}, next: {} }}", literal(cursor), paths(next))
        }
        Scheme::LastItem { cursor, item, .. } => {
            format!("LastItem {{ cursor: {}, item: {} }}", literal(cursor), path(item))
        }
        Scheme::NextUrl { next, .. } => format!("NextUrl {{ next: {} }}", paths(next)),
        Scheme::LinkHeader { .. } => "LinkHeader".to_owned(),
    };
    Pagination {
        constant,
        items: path(&pagination.items),
        info: path(&pagination.info),
        has_more: paths(&pagination.has_more),
        scheme: format!("Scheme::{scheme}"),
    }
}

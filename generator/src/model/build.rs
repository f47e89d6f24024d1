//! From a document and a configuration to an SDK.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::describe::describe;
use super::direction::Direction;
use super::flatten::flatten;
use super::lower::{TypeLowering, singular};
use super::output::Answer;
use super::{
    ChoiceParameter, Credential, Endpoint, EndpointChoice, Method, Parameter, ParameterKind, Placement, Resource,
    Sdk, Type, dedup, finalize, owner, server, tags,
};
use crate::config::{self, Calls, Config};
use crate::diagnostics::{Diagnostic, Report, near};
use crate::document::{Document, SourceLocation};
use crate::openapi::{self, Api, Operation, ParameterKind as ApiLocation, SecuritySchemeKind};

/// Builds the SDK that `config` makes of `api`. Problems go to `report`.
pub fn build(spec: &Document, api: &Api, configuration: &Document, config: Config, report: &mut Report) -> Sdk {
    let operations = api.operations.iter().map(|operation| (operation.id.as_str(), operation)).collect();
    let mut builder = ModelBuilder {
        spec,
        api,
        configuration,
        config: &config,
        operations,
        missing: 0,
        lowering: TypeLowering::new(&api.schemas, &config.names),
        scopes: Vec::new(),
        credentials: credentials(api, configuration, &config, report),
        report,
    };
    builder.check_names();
    let mut resources = builder.resources(&config.resources, &[]);
    builder.keep_old_names(&mut resources);
    tags::refer(&mut resources, api);
    let mut explicit = builder.explicit(&config.resources, &[]);
    builder.lowering.name_directions();
    let ModelBuilder { lowering, scopes, credentials, report, .. } = builder;
    let mut types = lowering.types;
    finalize::tags(&mut types, &resources);
    finalize::relax_required_cycles(&mut types);
    owner::assign(&mut types, &resources, &explicit);
    let now = dedup::equal(&mut types, &mut resources, |id| explicit.contains_key(&id));
    explicit = explicit.into_iter().map(|(id, path)| (now[id.0], path)).collect();
    owner::assign(&mut types, &resources, &explicit);
    let (base_url, base_url_parts) = server::base_url(api, &config, report);
    let security = alternatives(api, &api.security, &credentials);
    Sdk {
        title: api.title.clone(),
        description: api.description.clone(),
        external_docs: api.external_docs.clone(),
        base_url,
        base_url_parts,
        servers: api.servers.iter().map(|server| (server.url.clone(), server.description.clone())).collect(),
        base_url_variable: config.base_url.environment,
        idempotency_header: config.idempotency_header,
        credentials,
        security,
        envelope: config.envelope,
        paginations: config.pagination,
        scopes,
        resources,
        types,
        renamed_types: config.renamed.types,
        package: config.package,
    }
}

/// For how many operations that aren't there names like theirs are looked for.
const MAX_LOOKED_FOR: usize = 20;

pub(super) struct ModelBuilder<'a> {
    pub(super) spec: &'a Document,
    pub(super) api: &'a Api,
    pub(super) configuration: &'a Document,
    pub(super) config: &'a Config,
    operations: HashMap<&'a str, &'a Operation>,
    /// How many operations the document doesn't have.
    missing: usize,
    pub(super) lowering: TypeLowering<'a>,
    scopes: Vec<EndpointChoice>,
    credentials: Vec<Credential>,
    pub(super) report: &'a mut Report,
}

/// The credentials: one for each security scheme that the configuration names.
fn credentials(api: &Api, configuration: &Document, config: &Config, report: &mut Report) -> Vec<Credential> {
    let mut credentials = Vec::new();
    for (name, variable, location) in &config.authentication {
        let Some(scheme) = api.security_schemes.iter().find(|scheme| scheme.name == *name) else {
            let known: Vec<&str> = api.security_schemes.iter().map(|scheme| scheme.name.as_str()).collect();
            let diagnostic = Diagnostic::error(format!("the document has no security scheme `{name}`")).help(
                match known.as_slice() {
                    [] => "it has none: describe it below `components.securitySchemes`".to_owned(),
                    known => format!("it has: {}", known.join(", ")),
                },
            );
            report.push(configuration.locate(diagnostic, location));
            continue;
        };
        let placement = match &scheme.kind {
            SecuritySchemeKind::Bearer => Placement::Bearer,
            SecuritySchemeKind::Basic => Placement::Basic,
            SecuritySchemeKind::Http => Placement::Authorization,
            SecuritySchemeKind::ApiKey(ApiLocation::Header, name) => Placement::Header(name.clone()),
            SecuritySchemeKind::ApiKey(ApiLocation::Cookie, name) => Placement::Cookie(name.clone()),
            SecuritySchemeKind::ApiKey(_, name) => Placement::Query(name.clone()),
            SecuritySchemeKind::MutualTls => continue,
        };
        let description = scheme.description.clone();
        credentials.push(Credential { name: name.clone(), variable: variable.clone(), description, placement });
    }
    credentials
}

/// The alternatives for which the SDK has all credentials. A certificate is none: the transport has it.
fn alternatives(api: &Api, security: &[Vec<String>], credentials: &[Credential]) -> Vec<Vec<usize>> {
    let is_credential = |name: &&String| {
        !api.security_schemes
            .iter()
            .any(|scheme| scheme.name == **name && scheme.kind == SecuritySchemeKind::MutualTls)
    };
    let mut ways: Vec<Vec<usize>> = security
        .iter()
        .filter_map(|way| {
            let names = way.iter().filter(is_credential);
            names.map(|name| credentials.iter().position(|credential| credential.name == *name)).collect()
        })
        .collect();
    // Where credentials are welcome but not needed, a client that has some sends them.
    ways.sort_by_key(Vec::is_empty);
    ways
}

impl<'a> ModelBuilder<'a> {
    pub(super) fn config_error(
        &mut self,
        location: &SourceLocation,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.report.push(self.configuration.locate(Diagnostic::error(message).help(help), location));
    }

    /// Reports names for what the document doesn't have: they would silently do nothing.
    fn check_names(&mut self) {
        let names = &self.config.names;
        if names.types.is_empty() && names.fields.is_empty() && names.secrets.is_empty() {
            return;
        }
        let schemas = &self.api.schemas;
        let components: HashSet<&str> = schemas.components().map(|(_, name)| name).collect();
        let properties = schemas.ids().flat_map(|id| &schemas.get(id).properties).map(|(name, _)| name.as_str());
        let parameters = self.api.operations.iter().flat_map(|operation| &operation.parameters);
        let values: HashSet<&str> =
            properties.chain(parameters.map(|parameter| parameter.name.as_str())).collect();
        for (name, _, location) in &names.types {
            if !components.contains(name.as_str()) {
                self.config_error(location, format!("the document has no schema `{name}`"), "correct the name");
            }
        }
        let secrets = names.secrets.iter().filter(|(name, _)| !components.contains(name.as_str()));
        let fields = names.fields.iter().map(|(name, _, location)| (name, location));
        for (name, location) in fields.chain(secrets.map(|(name, location)| (name, location))) {
            if !values.contains(name.as_str()) {
                let message = format!("the document has no property or parameter `{name}`");
                self.config_error(location, message, "correct the name");
            }
        }
    }

    fn resources(&mut self, resources: &[config::Resource], above: &[String]) -> Vec<Resource> {
        resources
            .iter()
            .map(|resource| {
                let mut path = above.to_vec();
                path.push(resource.name.clone());
                let methods = resource.methods.iter().filter_map(|method| self.method(method, &path)).collect();
                let resources = self.resources(&resource.resources, &path);
                let description = resource.description.clone();
                Resource { path, description, external_docs: None, methods, resources }
            })
            .collect()
    }

    /// The types that the configuration puts into a resource's module.
    fn explicit(
        &mut self,
        resources: &[config::Resource],
        above: &[String],
    ) -> BTreeMap<super::TypeId, Vec<String>> {
        let mut explicit = BTreeMap::new();
        for resource in resources {
            let mut path = above.to_vec();
            path.push(resource.name.clone());
            for (name, location) in &resource.models {
                let found = self.api.schemas.components().find(|(_, known)| *known == name.as_str());
                let Some((id, _)) = found else {
                    self.config_error(
                        location,
                        format!("the document has no schema `{name}`"),
                        "correct the name",
                    );
                    continue;
                };
                for direction in [Direction::Response, Direction::Request] {
                    let is_needed = direction == Direction::Response || self.lowering.is_known(id, direction);
                    if is_needed {
                        let ids = self.lowering.lower(id, direction, name).ty.named();
                        explicit.extend(ids.into_iter().map(|id| (id, path.clone())));
                    }
                }
            }
            explicit.extend(self.explicit(&resource.resources, &path));
        }
        explicit
    }

    fn operation(&mut self, id: &str, location: &SourceLocation) -> Option<&'a Operation> {
        let found = self.operations.get(id).copied();
        if found.is_none() {
            self.missing += 1;
            let help = match self.missing {
                // So many are gone because it is another document: looking for each takes longer than it helps.
                MAX_LOOKED_FOR.. => "take the method out, or name another operation".to_owned(),
                _ => match near(self.operations.keys().copied(), id).as_slice() {
                    [] => "the document has no operations".to_owned(),
                    near => format!("names like it: {}; or take the method out", near.join(", ")),
                },
            };
            self.config_error(location, format!("the document has no operation `{id}`"), help);
        }
        found
    }

    fn method(&mut self, method: &config::Method, resource: &[String]) -> Option<Method> {
        let pagination = self.pagination(method);
        let name = resource.last().map(String::as_str).unwrap_or_default();
        let hint = format!("{} {}", singular(name), method.name);
        match &method.calls {
            Calls::Operation(id, location) => {
                let operation = self.operation(id, location)?;
                Some(self.lower_method(method, operation, pagination, &hint))
            }
            Calls::OneOf { scope, operations } => {
                let mut found = Vec::new();
                for (parameter, id, location) in operations {
                    let operation = self.operation(id, location)?;
                    found.push((parameter.as_str(), operation, location));
                }
                let Some((first_parameter, first, _)) = found.first().copied() else {
                    self.config_error(
                        &method.location,
                        "`one_of` names no operation",
                        "give it one for each parameter",
                    );
                    return None;
                };
                let mut lowered = self.lower_method(method, first, pagination, &hint);
                let index = self.scope(scope, &found)?;
                let paths = found.iter().map(|(_, operation, _)| (operation.id.clone(), sent(&operation.path)));
                lowered.endpoint = Endpoint::Choice { scope: index, paths: paths.collect() };
                for parameter in &mut lowered.parameters {
                    if parameter.kind == ParameterKind::Path && parameter.wire == first_parameter {
                        parameter.kind = ParameterKind::EndpointChoice;
                        parameter.description = Some(format!("{}.", choice(&self.scopes[index])));
                        parameter.name.clone_from(&self.scopes[index].name);
                    }
                }
                Some(lowered)
            }
        }
    }

    /// The scope of this name, made of the operations' path parameters.
    fn scope(&mut self, name: &str, operations: &[(&str, &'a Operation, &SourceLocation)]) -> Option<usize> {
        let (_, first, _) = operations.first()?;
        let mut parameters = Vec::new();
        for (wire, operation, location) in operations {
            let is_it = |parameter: &&crate::openapi::Parameter| {
                parameter.kind == ApiLocation::Path && parameter.name == *wire
            };
            let Some(parameter) = operation.parameters.iter().find(is_it) else {
                let message = format!("`{}` has no path parameter `{wire}`", operation.id);
                self.config_error(location, message, "name the parameter in which the operations differ");
                return None;
            };
            let others = |operation: &Operation| {
                let names = operation.parameters.iter().map(|parameter| parameter.name.clone());
                let known: Vec<String> = operations.iter().map(|(wire, ..)| (*wire).to_owned()).collect();
                names.filter(|name| !known.contains(name)).collect::<Vec<_>>()
            };
            let body = |operation: &Operation| operation.body.as_ref().map(|body| body.location.clone());
            if operation.method != first.method
                || others(operation) != others(first)
                || body(operation) != body(first)
            {
                let message = format!("`{}` and `{}` differ in more than `{wire}`", first.id, operation.id);
                self.config_error(location, message, "make them two methods, or share their body by `$ref`");
                return None;
            }
            parameters.push(ChoiceParameter {
                name: parameter.name.clone(),
                description: parameter.description.clone(),
                example: parameter.example.clone(),
            });
        }
        let scope = EndpointChoice { name: name.to_owned(), parameters };
        match self.scopes.iter().position(|known| known.name == scope.name) {
            Some(index) if self.scopes[index] == scope => Some(index),
            Some(_) => {
                let location = operations[0].2;
                self.config_error(
                    location,
                    format!("the scope `{name}` is something else elsewhere"),
                    "rename one",
                );
                None
            }
            None => {
                self.scopes.push(scope);
                Some(self.scopes.len() - 1)
            }
        }
    }

    fn pagination(&mut self, method: &config::Method) -> Option<usize> {
        let (name, location) = method.pagination.as_ref()?;
        let found = self.config.pagination.iter().position(|(known, _)| known == name);
        if found.is_none() && !self.config.broken_pagination.contains(name) {
            let known: Vec<&str> = self.config.pagination.iter().map(|(name, _)| name.as_str()).collect();
            let help = match known.as_slice() {
                [] => "describe it below `pagination:`".to_owned(),
                known => format!("there is: {}", known.join(", ")),
            };
            self.config_error(location, format!("there is no pagination `{name}`"), help);
        }
        found
    }

    fn lower_method(
        &mut self,
        method: &config::Method,
        operation: &'a Operation,
        pagination: Option<usize>,
        hint: &str,
    ) -> Method {
        let counts = pagination.map(|index| self.config.pagination[index].1.counts()).unwrap_or_default();
        let mut parameters = self.parameters(operation, &counts, hint);
        let body = self.body(operation, hint, &mut parameters);
        let Answer { output, enveloped, accept, stream } = self.output(operation, pagination, hint);
        let switch = stream.as_ref().and_then(|_| self.switch(operation, &mut parameters));
        let failures = self.failures(operation, hint);
        Method {
            name: method.name.clone(),
            old_names: Vec::new(),
            failures,
            location: operation.location.clone(),
            operation: operation.id.clone(),
            verb: operation.method.clone(),
            base_url: server::own_base_url(self.api, operation),
            endpoint: Endpoint::Path(sent(&operation.path)),
            summary: operation.summary.clone(),
            description: operation.description.clone(),
            external_docs: operation.external_docs.clone(),
            deprecated: operation.deprecated,
            permissions: operation.permissions.clone(),
            parameters,
            body,
            output,
            accept,
            stream,
            switch,
            enveloped,
            security: operation
                .security
                .as_ref()
                .map(|security| (security.is_empty(), alternatives(self.api, security, &self.credentials)))
                // Where the SDK has no credential for any way, the server may know better.
                .filter(|(is_public, security)| *is_public || !security.is_empty())
                .map(|(_, security)| security)
                .filter(|security| *security != alternatives(self.api, &self.api.security, &self.credentials)),
        }
    }

    /// Path parameters in the order of the path, then the others in the order of the document.
    fn parameters(&mut self, operation: &Operation, counts: &[&str], hint: &str) -> Vec<Parameter> {
        let mut parameters = Vec::new();
        for name in openapi::path_parameters(&operation.path) {
            let is_it = |parameter: &&crate::openapi::Parameter| {
                parameter.kind == ApiLocation::Path && parameter.name == name
            };
            if let Some(parameter) = operation.parameters.iter().find(is_it) {
                parameters.extend(self.parameter(parameter, counts, hint));
            }
        }
        for parameter in &operation.parameters {
            if parameter.kind != ApiLocation::Path {
                parameters.extend(self.parameter(parameter, counts, hint));
            }
        }
        parameters
    }

    fn parameter(
        &mut self,
        parameter: &crate::openapi::Parameter,
        counts: &[&str],
        hint: &str,
    ) -> Option<Parameter> {
        let kind = match parameter.kind {
            ApiLocation::Path => ParameterKind::Path,
            ApiLocation::Query => ParameterKind::Query,
            ApiLocation::Header => ParameterKind::Header,
            ApiLocation::Cookie => ParameterKind::Cookie,
            ApiLocation::QueryString => ParameterKind::Query,
        };
        let hint = format!("{hint} {}", parameter.name);
        let flat = parameter.schema.map(|schema| flatten(&self.api.schemas, schema));
        let (ty, nullable) = match parameter.schema {
            _ if counts.contains(&parameter.name.as_str()) => (Type::Count, false),
            Some(schema) => {
                let shape = self.lowering.lower(schema, Direction::Request, &hint);
                (shape.ty, shape.nullable)
            }
            None => (Type::String, false),
        };
        let style = self.style(parameter, &ty);
        Some(Parameter {
            location: parameter.location.clone(),
            wire: parameter.name.clone(),
            name: self.lowering.field_name(&parameter.name),
            kind,
            style,
            allow_reserved: parameter.allow_reserved && kind == ParameterKind::Query,
            required: parameter.required,
            // A query has no null: it is as good as absent.
            nullable: nullable && kind == ParameterKind::Field,
            ty,
            constant: None,
            description: parameter.description.clone().or_else(|| flat.as_deref().and_then(describe)),
            deprecated: parameter.deprecated || flat.as_ref().is_some_and(|flat| flat.deprecated),
            example: parameter.example.clone().or_else(|| flat.as_ref()?.examples.first().cloned()),
        })
    }
}

/// "An account or a zone".
fn choice(scope: &EndpointChoice) -> String {
    let names: Vec<String> = scope
        .parameters
        .iter()
        .map(|parameter| parameter.name.trim_end_matches("_id").replace('_', " "))
        .map(|name| format!("{} {name}", if name.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" }))
        .collect();
    let text = names.join(" or ");
    let mut characters = text.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}

/// The path without what is behind `#`: that only tells the operations of one path apart.
fn sent(path: &str) -> String {
    path.split('#').next().unwrap_or_default().to_owned()
}

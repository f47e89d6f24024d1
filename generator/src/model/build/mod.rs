//! Construction of an [`Sdk`] from a normalized document and a configuration.

mod builder;
mod credentials;
mod dedup;
mod deprecated_names;
mod description;
mod endpoint_choices;
mod external_docs;
mod finalize;
mod methods;
mod names;
mod ownership;
mod parameters;
mod request_body;
mod resources;
mod responses;
mod scalars;
mod servers;
mod style;
mod type_lowering;
mod unions;

use self::builder::ModelBuilder;
use super::sdk::Sdk;
use crate::config::Config;
use crate::diagnostics::Report;
use crate::document::Document;
use crate::openapi::normalize::NormalizedApi;

/// Builds the SDK that `config` describes for `api`. Problems are reported to `report`.
pub fn build(
    spec: &Document,
    api: &NormalizedApi,
    configuration: &Document,
    config: Config,
    report: &mut Report,
) -> Sdk {
    let mut builder = ModelBuilder::new(spec, api, configuration, &config, report);
    builder.check_names();
    let mut resources = builder.resources(&config.resources, &[]);
    builder.add_deprecated_names(&mut resources);
    external_docs::assign(&mut resources, api);
    let explicit = builder.explicit_owners(&config.resources, &[]);
    builder.lowering.name_directions();
    let ModelBuilder { lowering, endpoint_choices, credentials, report, .. } = builder;
    let mut types = lowering.types;
    finalize::add_constant_tags(&mut types, &resources);
    finalize::relax_required_cycles(&mut types);
    ownership::assign(&mut types, &resources, &explicit);
    let ids = dedup::merge_equal(&mut types, &mut resources, |id| explicit.contains_key(&id));
    let explicit = explicit.into_iter().map(|(id, path)| (ids[id.0], path)).collect();
    ownership::assign(&mut types, &resources, &explicit);
    let (base_url, base_url_parts) = servers::base_url(api, &config, report);
    let security = credentials::alternatives(api, &api.security, &credentials);
    Sdk {
        title: api.title.clone(),
        description: api.description.clone(),
        external_docs: api.external_docs.clone(),
        base_url,
        base_url_parts,
        servers: api.servers.iter().map(|server| (server.url.clone(), server.description.clone())).collect(),
        base_url_variable: config.base_url.environment,
        idempotency_header: config.idempotency_header,
        request_id_header: config.request_id_header,
        error_keys: config.errors,
        credentials,
        security,
        envelope: config.envelope,
        paginations: config.paginations.into_iter().map(|(name, list)| (name, list.pagination)).collect(),
        endpoint_choices,
        resources,
        types,
        renamed_types: config.renamed.types,
        package: config.package,
    }
}

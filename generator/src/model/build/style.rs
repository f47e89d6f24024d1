use sdk_protocol::Style;

use super::builder::ModelBuilder;
use crate::diagnostics::Diagnostic;
use crate::model::types::{Type, TypeKind};
use crate::openapi::normalize::is_json;
use crate::openapi::{Encoding, Parameter, ParameterKind};

impl ModelBuilder<'_> {
    /// Returns the serialization style of a parameter by `style`, `explode` and `content`;
    /// [`Default`](Style::Default) if the document states none, or if the type has neither lists nor objects.
    pub(super) fn style(&mut self, parameter: &Parameter, ty: &Type) -> Style {
        if parameter.media_type.as_deref().is_some_and(is_json) {
            return Style::Json;
        }
        let (style, explode) = (parameter.style.as_deref(), parameter.explode);
        let is_object = self.may_be_object(ty);
        let is_scalar = !is_object && !self.may_be_list(ty);
        match (parameter.kind, style) {
            (ParameterKind::Path, Some("label")) if explode == Some(true) => Style::LabelExploded,
            (ParameterKind::Path, Some("label")) => Style::Label,
            (ParameterKind::Path, Some("matrix")) if explode == Some(true) => Style::MatrixExploded,
            (ParameterKind::Path, Some("matrix")) => Style::Matrix,
            (ParameterKind::Path | ParameterKind::Header, None | Some("simple")) => match is_scalar {
                true => Style::Default,
                false if explode == Some(true) && is_object => Style::SimpleExploded,
                false => Style::Simple,
            },
            (ParameterKind::QueryString, None) => Style::FormExploded,
            (ParameterKind::Query, Some("deepObject")) if !is_scalar => Style::DeepObject,
            (ParameterKind::Query, Some("spaceDelimited")) if !is_scalar && explode != Some(true) => {
                Style::SpaceDelimited
            }
            (ParameterKind::Query, Some("pipeDelimited")) if !is_scalar && explode != Some(true) => {
                Style::PipeDelimited
            }
            (ParameterKind::Query | ParameterKind::Cookie, None | Some("form")) if !is_scalar => match explode {
                Some(false) => Style::Form,
                // The properties of an object are separate parameters only if the document states it.
                Some(true) if is_object => Style::FormExploded,
                None if is_object && style.is_some() => Style::FormExploded,
                _ => Style::Default,
            },
            (ParameterKind::Query, None | Some("form" | "deepObject" | "spaceDelimited" | "pipeDelimited")) => {
                Style::Default
            }
            (ParameterKind::Cookie, None | Some("form" | "cookie")) => Style::Default,
            (_, Some(other)) => {
                let message =
                    format!("unsupported style `{other}` of parameter `{}`; it is ignored", parameter.name);
                let diagnostic = Diagnostic::warning(message).help("use a style that OpenAPI defines for `in`");
                self.report.push(self.spec.locate(diagnostic, &parameter.location));
                Style::Default
            }
        }
    }

    /// Returns the serialization style of a form field by its encoding.
    pub(super) fn form_style(&self, encoding: Option<&Encoding>, ty: &Type) -> Style {
        let (is_object, is_list) = (self.may_be_object(ty), self.may_be_list(ty));
        let Some(encoding) = encoding.filter(|_| is_object || is_list) else { return Style::Default };
        match (encoding.style.as_deref(), encoding.explode) {
            (None, _) if encoding.content_type.as_deref().is_some_and(is_json) => Style::Json,
            (Some("deepObject"), _) => Style::DeepObject,
            (Some("spaceDelimited"), explode) if explode != Some(true) => Style::SpaceDelimited,
            (Some("pipeDelimited"), explode) if explode != Some(true) => Style::PipeDelimited,
            (None | Some("form"), Some(false)) => Style::Form,
            (Some("form"), _) | (None, Some(true)) if is_object => Style::FormExploded,
            _ => Style::Default,
        }
    }

    fn may_be_object(&self, ty: &Type) -> bool {
        match ty {
            Type::Any | Type::Object | Type::Map(_) => true,
            Type::Nullable(inner) => self.may_be_object(inner),
            Type::Named(id) => match &self.lowering.types[id.0].kind {
                TypeKind::Object(_) => true,
                TypeKind::Union { variants, .. } => variants.iter().any(|variant| self.may_be_object(&variant.ty)),
                TypeKind::Enum(_) => false,
            },
            _ => false,
        }
    }

    fn may_be_list(&self, ty: &Type) -> bool {
        match ty {
            Type::Any | Type::List(_) | Type::Tuple(_) => true,
            Type::Nullable(inner) => self.may_be_list(inner),
            Type::Named(id) => match &self.lowering.types[id.0].kind {
                TypeKind::Union { variants, .. } => variants.iter().any(|variant| self.may_be_list(&variant.ty)),
                TypeKind::Object(_) | TypeKind::Enum(_) => false,
            },
            _ => false,
        }
    }
}

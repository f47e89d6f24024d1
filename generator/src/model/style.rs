//! How the values of a parameter are written, from `style`, `explode` and `content`.

use super::build::ModelBuilder;
use super::{Style, Type, TypeKind};
use crate::diagnostics::Diagnostic;
use crate::openapi::{Encoding, Parameter, ParameterKind};

impl ModelBuilder<'_> {
    /// The style of a parameter; its usual one where the type has neither lists nor objects, or the document
    /// states nothing.
    pub(super) fn style(&mut self, parameter: &Parameter, ty: &Type) -> Style {
        if parameter.media_type.as_deref().is_some_and(super::media::is_json_type) {
            return Style::Json;
        }
        let (style, explode) = (parameter.style.as_deref(), parameter.explode);
        let is_object = self.may_be_object(ty);
        let is_plain = !is_object && !self.may_be_list(ty);
        match (parameter.kind, style) {
            (ParameterKind::Path, Some("label")) if explode == Some(true) => Style::LabelExploded,
            (ParameterKind::Path, Some("label")) => Style::Label,
            (ParameterKind::Path, Some("matrix")) if explode == Some(true) => Style::MatrixExploded,
            (ParameterKind::Path, Some("matrix")) => Style::Matrix,
            (ParameterKind::Path | ParameterKind::Header, None | Some("simple")) => match is_plain {
                true => Style::Default,
                false if explode == Some(true) && is_object => Style::SimpleExploded,
                false => Style::Simple,
            },
            (ParameterKind::QueryString, None) => Style::Properties,
            (ParameterKind::Query, Some("deepObject")) if !is_plain => Style::DeepObject,
            (ParameterKind::Query, Some("spaceDelimited")) if !is_plain && explode != Some(true) => Style::Space,
            (ParameterKind::Query, Some("pipeDelimited")) if !is_plain && explode != Some(true) => Style::Pipe,
            (ParameterKind::Query | ParameterKind::Cookie, None | Some("form")) if !is_plain => match explode {
                Some(false) => Style::Comma,
                // An object's properties are parameters of their own where the document says so.
                Some(true) if is_object => Style::Properties,
                None if is_object && style.is_some() => Style::Properties,
                _ => Style::Default,
            },
            (ParameterKind::Query, None | Some("form" | "deepObject" | "spaceDelimited" | "pipeDelimited")) => {
                Style::Default
            }
            (ParameterKind::Cookie, None | Some("form" | "cookie")) => Style::Default,
            (_, Some(other)) => {
                let message =
                    format!("the style `{other}` is none that the parameter `{}` can have", parameter.name);
                let diagnostic = Diagnostic::warning(message)
                    .help("it is written in the usual style of its place; correct `style`");
                self.report.push(self.spec.locate(diagnostic, &parameter.location));
                Style::Default
            }
        }
    }

    /// The style of a form's field: JSON where the form says so, brackets where it says `deepObject`.
    pub(super) fn form_style(&self, encoding: Option<&Encoding>, ty: &Type) -> Style {
        let (is_object, is_list) = (self.may_be_object(ty), self.may_be_list(ty));
        let Some(encoding) = encoding.filter(|_| is_object || is_list) else { return Style::Default };
        match (encoding.style.as_deref(), encoding.explode) {
            (None, _) if encoding.content_type.as_deref().is_some_and(super::media::is_json_type) => Style::Json,
            (Some("deepObject"), _) => Style::DeepObject,
            (Some("spaceDelimited"), explode) if explode != Some(true) => Style::Space,
            (Some("pipeDelimited"), explode) if explode != Some(true) => Style::Pipe,
            (None | Some("form"), Some(false)) => Style::Comma,
            (Some("form"), _) | (None, Some(true)) if is_object => Style::Properties,
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

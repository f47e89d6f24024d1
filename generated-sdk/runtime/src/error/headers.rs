use http::HeaderMap;

pub(crate) fn ray_id(headers: &HeaderMap) -> Option<&str> {
    headers.get("cf-ray")?.to_str().ok()
}

//! Lists the zones of an account and their DNS records with the SDK of the whole Cloudflare document: a server on
//! this machine has two pages of each, and counts what is asked of it.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};

use cloudflare_sdk::Client;
use cloudflare_sdk::dns::records::DnsRecordsDnsRecord;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (url, asked) = serve()?;
    let client = Client::builder().api_token("token").base_url(url).build()?;
    let mut lines = Vec::new();
    let mut zones = client.zones().list().items();
    while let Some(zone) = zones.try_next().await? {
        let mut records = client.dns().records().list(&zone.id).items();
        while let Some(record) = records.try_next().await? {
            let text = match record {
                DnsRecordsDnsRecord::DnsRecordsARecord(record) => format!("A {:?}", record.content),
                DnsRecordsDnsRecord::DnsRecordsTxtRecord(record) => format!("TXT {:?}", record.content),
                other => format!("{other:?}"),
            };
            lines.push(format!("{} {text}", zone.name));
        }
    }
    for line in &lines {
        println!("{line}");
    }
    let expected = ["a.example", "b.example"]
        .map(|zone| [format!(r#"{zone} A "192.0.2.1""#), format!(r#"{zone} TXT "hello""#)]);
    assert_eq!(lines, expected.concat());
    let asked: Vec<String> = asked.try_iter().collect();
    assert_eq!(
        asked,
        [
            "/zones",
            "/zones/a/dns_records",
            "/zones/a/dns_records?page=2",
            "/zones?page=2",
            "/zones/b/dns_records",
            "/zones/b/dns_records?page=2",
        ]
    );
    Ok(())
}

/// A server that answers like the API, and tells what it was asked for.
fn serve() -> std::io::Result<(String, Receiver<String>)> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let url = format!("http://{}", listener.local_addr()?);
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let mut lines = BufReader::new(&stream).lines().map_while(Result::ok);
            let first = lines.next().unwrap_or_default();
            let headers: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
            let target = first.split(' ').nth(1).unwrap_or_default().to_owned();
            let is_known = headers.iter().any(|header| header.eq_ignore_ascii_case("authorization: Bearer token"));
            let body = if is_known { answer(&target) } else { "{}".to_owned() };
            let status = if is_known { "200 OK" } else { "401 Unauthorized" };
            let answer = format!(
                "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
                body.len()
            );
            if sender.send(target).is_err() || stream.write_all(answer.as_bytes()).is_err() {
                return;
            }
        }
    });
    Ok((url, receiver))
}

fn answer(target: &str) -> String {
    let page = if target.ends_with("page=2") { 2 } else { 1 };
    let id = if page == 1 { "a" } else { "b" };
    let result = match (target.contains("dns_records"), page) {
        (true, 1) => r#"{"id": "1", "name": "www", "type": "A", "content": "192.0.2.1", "ttl": 1}"#.to_owned(),
        (true, _) => r#"{"id": "2", "name": "www", "type": "TXT", "content": "hello", "ttl": 300}"#.to_owned(),
        (false, _) => format!(
            r#"{{"id": "{id}", "name": "{id}.example", "account": {{}}, "activated_on": null, "created_on": "2024-01-01T00:00:00Z",
            "development_mode": 0, "meta": {{}}, "modified_on": "2024-01-01T00:00:00Z", "name_servers": [],
            "original_dnshost": null, "original_name_servers": null, "original_registrar": null, "owner": {{}}}}"#
        ),
    };
    format!(
        r#"{{"success": true, "errors": [], "messages": [], "result": [{result}],
        "result_info": {{"page": {page}, "per_page": 1, "count": 1, "total_count": 2, "total_pages": 2}}}}"#
    )
}

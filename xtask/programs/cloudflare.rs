// features: dns, reqwest, zones
//! Lists the zones of an account and the DNS records of each zone. A local server returns Cloudflare's envelope and pages
//! of two items.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};

use cloudflare_sdk::dns::records::DnsRecordsDnsRecord as Record;
use cloudflare_sdk::{Client, Result};

/// Expected output.
const EXPECTED: &str = "\
zone one.example
  A www.one.example 198.51.100.1
  MX one.example mail.one.example
  A api.one.example 198.51.100.2
zone two.example
zone three.example
  A three.example 198.51.100.3
";

/// Expected requests, in order.
const REQUESTS: [&str; 6] = [
    "/client/v4/zones",
    "/client/v4/zones/z1/dns_records",
    "/client/v4/zones/z1/dns_records?page=2",
    "/client/v4/zones/z2/dns_records",
    "/client/v4/zones?page=2",
    "/client/v4/zones/z3/dns_records",
];

#[tokio::main]
async fn main() {
    let server = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = server.local_addr().expect("an address");
    let served = std::thread::spawn(move || REQUESTS.map(|_| serve(&server)));
    let client = Client::builder()
        .api_token("secret")
        .base_url(format!("http://{address}/client/v4"))
        .max_retries(0)
        .build()
        .expect("a client");
    let output = list(&client).await.expect("the list");
    assert_eq!(output, EXPECTED);
    assert_eq!(served.join().expect("the server"), REQUESTS);
    print!("{output}");
}

async fn list(client: &Client) -> Result<String> {
    let mut text = String::new();
    let mut zones = client.zones().list().items();
    while let Some(zone) = zones.try_next().await? {
        text += &format!("zone {}\n", zone.name);
        let mut records = client.dns().records().list(&zone.id).items();
        while let Some(record) = records.try_next().await? {
            text += &match record {
                Record::A(record) => format!("  A {} {}\n", record.name, record.content),
                Record::Mx(record) => format!("  MX {} {}\n", record.name, record.content),
                other => format!("  {other:?}\n"),
            };
        }
    }
    Ok(text)
}

/// Responds to one request, and returns its path and query.
fn serve(server: &TcpListener) -> String {
    let (mut stream, _) = server.accept().expect("a connection");
    let mut lines =
        BufReader::new(stream.try_clone().expect("the connection")).lines().map_while(std::io::Result::ok);
    let first = lines.next().expect("a request");
    let headers: Vec<String> = lines.take_while(|line| !line.is_empty()).map(|line| line.to_lowercase()).collect();
    assert!(headers.contains(&"authorization: bearer secret".to_owned()), "{headers:?}");
    let target = first.strip_prefix("GET ").and_then(|rest| rest.split(' ').next()).expect("a GET").to_owned();
    respond(&mut stream, &body(&target));
    target
}

fn respond(stream: &mut TcpStream, body: &str) {
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close";
    write!(stream, "{head}\r\nContent-Length: {}\r\n\r\n{body}", body.len()).expect("a response");
}

fn body(target: &str) -> String {
    let a = |name: &str, address: &str| record("A", name, address, "");
    match target.trim_start_matches("/client/v4") {
        "/zones" => page(1, 3, &[zone("z1", "one.example"), zone("z2", "two.example")]),
        "/zones?page=2" => page(2, 3, &[zone("z3", "three.example")]),
        "/zones/z1/dns_records" => {
            let mail = record("MX", "one.example", "mail.one.example", r#""priority": 10,"#);
            page(1, 3, &[a("www.one.example", "198.51.100.1"), mail])
        }
        "/zones/z1/dns_records?page=2" => page(2, 3, &[a("api.one.example", "198.51.100.2")]),
        "/zones/z2/dns_records" => page(1, 0, &[]),
        "/zones/z3/dns_records" => page(1, 1, &[a("three.example", "198.51.100.3")]),
        other => panic!("unexpected request for {other}"),
    }
}

fn page(number: usize, total: usize, items: &[String]) -> String {
    let (count, pages) = (items.len(), total.div_ceil(2));
    format!(
        r#"{{"result": [{}], "success": true, "errors": [], "messages": [], "result_info":
        {{"page": {number}, "per_page": 2, "count": {count}, "total_count": {total}, "total_pages": {pages}}}}}"#,
        items.join(",")
    )
}

fn zone(id: &str, name: &str) -> String {
    format!(
        r#"{{"id": "{id}", "name": "{name}", "name_servers": ["bob.ns.example"], "development_mode": 0,
        "account": {{"id": "a1", "name": "One"}}, "owner": {{"id": null, "name": null, "type": "organization"}},
        "meta": {{"cdn_only": true, "custom_certificate_quota": 1, "dns_only": true, "foundation_dns": true,
        "page_rule_quota": 100, "phishing_detected": false, "step": 2}}, "activated_on": "2014-01-02T00:01:00.12345Z",
        "created_on": "2014-01-01T05:20:00.12345Z", "modified_on": "2014-01-01T05:20:00.12345Z",
        "original_dnshost": null, "original_name_servers": null, "original_registrar": null}}"#
    )
}

fn record(kind: &str, name: &str, content: &str, more: &str) -> String {
    format!(
        r#"{{"id": "r", "type": "{kind}", "name": "{name}", "content": "{content}", {more} "proxiable": true,
        "proxied": false, "ttl": 1, "comment": null, "tags": [], "created_on": "2014-01-01T05:20:00.12345Z",
        "modified_on": "2014-01-01T05:20:00.12345Z"}}"#
    )
}

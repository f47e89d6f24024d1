//! Requests read from a raw socket.

use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

/// A request as it was received.
#[derive(Clone, Debug)]
pub struct Received {
    /// Request line and headers, without the empty line.
    pub head: String,
    pub body: String,
}

impl Received {
    /// Returns the request line.
    pub fn line(&self) -> &str {
        self.head.split("\r\n").next().unwrap()
    }

    /// Returns path and query of the request line, not decoded.
    pub fn target(&self) -> &str {
        self.line().split(' ').nth(1).unwrap()
    }

    /// Returns all values of a header.
    pub fn header(&self, name: &str) -> Vec<&str> {
        let lines = self.head.split("\r\n").skip(1).filter_map(|line| line.split_once(": "));
        lines.filter(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value).collect()
    }
}

/// Reads request line and headers. Returns `None` at the end of the connection.
pub async fn read_head(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<String> {
    let end = loop {
        if let Some(end) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
            break end;
        }
        if stream.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    };
    Some(String::from_utf8(buffer.drain(..end + 4).take(end).collect()).unwrap())
}

/// Reads the body that belongs to the head. Returns `None` if the connection ends first.
pub async fn read_body(received: &Received, stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<String> {
    if received.header("transfer-encoding") == ["chunked"] {
        return read_chunks(stream, buffer).await;
    }
    let length = received.header("content-length").first().map_or(0, |length| length.parse().unwrap());
    while buffer.len() < length {
        if stream.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    }
    Some(String::from_utf8(buffer.drain(..length).collect()).unwrap())
}

/// Reads and decodes a chunked body.
async fn read_chunks(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<String> {
    let mut body = Vec::new();
    loop {
        let line = loop {
            match buffer.windows(2).position(|window| window == b"\r\n") {
                Some(end) => break buffer.drain(..end + 2).take(end).collect::<Vec<u8>>(),
                None if stream.read_buf(buffer).await.ok()? == 0 => return None,
                None => {}
            }
        };
        let length = usize::from_str_radix(std::str::from_utf8(&line).unwrap(), 16).unwrap();
        while buffer.len() < length + 2 {
            if stream.read_buf(buffer).await.ok()? == 0 {
                return None;
            }
        }
        body.extend(buffer.drain(..length + 2).take(length));
        if length == 0 {
            return Some(String::from_utf8(body).unwrap());
        }
    }
}

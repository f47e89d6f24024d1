/// Defines the request type of an operation: a wrapper around [`Request`](crate::Request) that is sent by
/// awaiting it.
///
/// All functions are `#[inline]`, so that a program compiles only the operations that it calls instead of
/// the whole API.
#[macro_export]
macro_rules! request {
    ($(#[$attribute:meta])* $name:ident -> ()) => {
        $crate::request!(@common $(#[$attribute])* $name);
        $crate::request!(@send $name, nothing, ());
    };
    ($(#[$attribute:meta])* $name:ident -> bytes) => {
        $crate::request!(@common $(#[$attribute])* $name);
        $crate::request!(@send $name, bytes, $crate::transport::Bytes);
        $crate::request!(@chunks $name);
    };
    ($(#[$attribute:meta])* $name:ident -> text) => {
        $crate::request!(@common $(#[$attribute])* $name);
        $crate::request!(@send $name, text, ::std::string::String);
        $crate::request!(@chunks $name);
    };
    ($(#[$attribute:meta])* $name:ident -> text events) => {
        $crate::request!(@common $(#[$attribute])* $name);
        $crate::request!(@stream $name, text_events, ::std::string::String);
    };
    ($(#[$attribute:meta])* $name:ident -> events of $item:ty) => {
        $crate::request!(@common $(#[$attribute])* $name);
        $crate::request!(@stream $name, events, $item);
    };
    ($(#[$attribute:meta])* $name:ident -> lines of $item:ty) => {
        $crate::request!(@common $(#[$attribute])* $name);
        $crate::request!(@stream $name, lines, $item);
    };
    ($(#[$attribute:meta])* $name:ident -> $output:ty) => {
        $crate::request!(@common $(#[$attribute])* $name);
        $crate::request!(@send $name, json, $output);
    };
    ($(#[$attribute:meta])* $name:ident -> list of $item:ty) => {
        $crate::request!(@common $(#[$attribute])* $name);
        $crate::request!(@send $name, page, $crate::Page<$item>);

        impl $name {
            /// Returns a stream over the items of all pages, starting with this page.
            ///
            /// Pages are fetched on demand; see `Items::prefetch`.
            #[inline]
            pub fn items(self) -> $crate::Items<$item> {
                self.0.items()
            }
        }
    };
    (@send $name:ident, $send:ident, $output:ty) => {
        impl $name {
            /// Sends the request and returns the complete response: the result with status, headers and body.
            ///
            /// # Errors
            /// Returns any `Error`.
            #[inline]
            pub fn send(self) -> $crate::ResponseFuture<$output> {
                self.0.$send()
            }
        }

        impl ::core::future::IntoFuture for $name {
            type Output = $crate::Result<$output>;
            type IntoFuture = $crate::ResultFuture<$output>;

            #[inline]
            fn into_future(self) -> Self::IntoFuture {
                self.0.$send().result()
            }
        }
    };
    (@chunks $name:ident) => {
        impl $name {
            /// Sends the request and returns the response body as a stream of chunks, without buffering it.
            ///
            /// # Errors
            /// Returns any `Error`.
            #[inline]
            pub async fn chunks(self) -> $crate::Result<$crate::Chunks> {
                self.0.chunks().await
            }
        }
    };
    (@stream $name:ident, $send:ident, $item:ty) => {
        impl ::core::future::IntoFuture for $name {
            type Output = $crate::Result<$crate::Streaming<$item>>;
            type IntoFuture = $crate::transport::BoxFuture<'static, Self::Output>;

            #[inline]
            fn into_future(self) -> Self::IntoFuture {
                ::std::boxed::Box::pin(self.0.$send())
            }
        }
    };
    (@common $(#[$attribute:meta])* $name:ident) => {
        $(#[$attribute])*
        #[derive(Clone, Debug)]
        #[must_use = "requests do nothing unless awaited"]
        pub struct $name($crate::Request);

        impl $crate::RequestOptions for $name {
            #[inline]
            fn request_mut(&mut self) -> &mut $crate::Request {
                &mut self.0
            }
        }
    };
}

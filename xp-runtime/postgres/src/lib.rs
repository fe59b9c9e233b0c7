//! Connections to PostgreSQL as libpq makes them: the settings in a URL are completed by the environment, the password comes from the
//! password file, TLS is what `sslmode` says. It knows no study, prints nothing, and shows a password nowhere: not in `Display`, not in
//! `Debug`, not in an error.

mod attempt;
mod channel_binding;
mod connect;
mod connect_error;
mod diagnosis;
mod environment;
mod host;
mod keepalive;
mod parameters;
mod password;
mod password_file;
mod redacted;
mod session;
mod settings;
mod settings_error;
mod ssl_mode;
mod tls;
mod transient;
mod url;

pub use channel_binding::ChannelBinding;
pub use connect::connect;
pub use connect_error::{ConnectError, Reason};
pub use environment::Environment;
pub use host::{Address, Host};
pub use keepalive::Keepalive;
pub use password::{Origin, Password};
pub use password_file::Warning;
pub use session::Session;
pub use settings::Settings;
pub use settings_error::SettingsError;
pub use ssl_mode::{Roots, SslMode, Tls};
pub use transient::{is_retryable, is_transient};

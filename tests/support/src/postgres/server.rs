//! The server: made, asked, stopped and started again.

use std::{
    ffi::OsStr,
    fs,
    net::{Ipv4Addr, TcpListener},
    path::{Path, PathBuf},
    process::{Command, Output},
};

use super::{account::Account, certificates::Certificates, keeper::Keeper, programs};

/// Starts that are tried: another process may take the free port first.
const ATTEMPTS: u32 = 5;

/// What a test asks of its server.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options<'a> {
    /// The role `postgres`'s, which is asked for with SCRAM, by TCP and by socket; without one, everybody is trusted.
    pub password: Option<&'a str>,
    /// Whether it speaks TLS, with certificates of its own.
    pub tls: bool,
    /// Lines of `postgresql.conf`, such as `max_connections = 8`.
    pub settings: &'a [&'a str],
}

/// A PostgreSQL with the role and the database `postgres`, on 127.0.0.1 and a socket. It ends with its scope, or with its process.
#[derive(Debug)]
pub struct Server {
    // Dropped first: what it stops is in the folder.
    keeper: Option<Keeper>,
    folder: tempfile::TempDir,
    programs: PathBuf,
    account: Option<Account>,
    port: u16,
    password: Option<String>,
    certificates: Option<Certificates>,
}

impl Server {
    /// Makes a cluster and starts it. Absent, with a line that says so, where PostgreSQL is not installed.
    ///
    /// # Panics
    /// Where it is not installed and `CI` or `XP_CLUSTER_TESTS` is set; where it does not start.
    pub fn begin(options: &Options<'_>) -> Option<Self> {
        let programs = programs::folder()?;
        let folder = tempfile::tempdir().unwrap();
        let account = Account::beside_root(folder.path());
        let mut server = Self {
            keeper: None,
            programs,
            account,
            port: 0,
            password: options.password.map(str::to_owned),
            certificates: options.tls.then(|| Certificates::make(folder.path())),
            folder,
        };
        server.hand_over();
        // Before there is a server: a test may be killed at any time.
        let shell = server.command("sh");
        server.keeper = Some(Keeper::begin(
            shell,
            &server.programs.join("pg_ctl"),
            server.folder.path(),
        ));
        server.make_cluster();
        let started = (0..ATTEMPTS).any(|_| {
            server.port = free_port();
            server.configure(options.settings);
            server.control(&["start"]).status.success()
        });
        assert!(started, "PostgreSQL does not start: {}", server.log());
        Some(server)
    }

    /// Its TCP port on 127.0.0.1, the same after every start.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Folder of its socket.
    pub fn socket_folder(&self) -> &Path {
        self.folder.path()
    }

    /// The URL of its database `postgres` by TCP for the role `postgres`, without the password.
    pub fn url(&self) -> String {
        format!("postgresql://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// Its certificates; absent where it speaks no TLS.
    pub fn certificates(&self) -> Option<&Certificates> {
        self.certificates.as_ref()
    }

    /// Its log so far, for the message of a test that fails.
    pub fn log(&self) -> String {
        let text = fs::read(self.folder.path().join("log")).unwrap_or_default();
        String::from_utf8_lossy(&text).into_owned()
    }

    /// Asks for its end and waits for it: clients are disconnected, and what they began is rolled back.
    ///
    /// # Panics
    /// Where it cannot; so do the others.
    pub fn stop(&self) {
        self.controlled(&["stop", "-m", "fast"]);
    }

    /// Starts it again after [`Server::stop`], on the same port.
    pub fn start(&self) {
        self.controlled(&["start"]);
    }

    /// Stops and starts it. Immediately is without saving, like a crash: the start recovers from the log.
    pub fn restart(&self, immediately: bool) {
        let mode = if immediately { "immediate" } else { "fast" };
        self.controlled(&["restart", "-m", mode]);
    }

    /// Replaces who may connect and how, lines of `pg_hba.conf`.
    pub fn set_access(&self, lines: &str) {
        self.write("cluster/pg_hba.conf", lines);
        self.controlled(&["reload"]);
    }

    /// Runs SQL in the database `postgres`, each statement its own transaction, by the socket.
    ///
    /// # Returns
    /// Rows as lines, fields parted by `|`.
    pub fn sql(&self, text: &str) -> String {
        let mut command = self.command(self.programs.join("psql"));
        command.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"]);
        command.args(["-U", "postgres", "-d", "postgres", "-c", text]);
        command.arg("-h").arg(self.socket_folder());
        command.args(["-p", &self.port.to_string()]);
        if let Some(password) = &self.password {
            command.env("PGPASSWORD", password);
        }
        successful(command)
    }

    fn cluster(&self) -> PathBuf {
        self.folder.path().join("cluster")
    }

    /// Gives the folder to the server's owner, with the one file in it that nobody else may own.
    fn hand_over(&self) {
        let Some(account) = self.account else {
            return;
        };
        account.owns(self.folder.path());
        if let Some(certificates) = &self.certificates {
            account.owns(&certificates.server_key);
        }
    }

    fn make_cluster(&self) {
        let mut command = self.command(self.programs.join("initdb"));
        command.args(["-U", "postgres", "-E", "UTF8", "--locale=C", "--no-sync"]);
        if let Some(password) = &self.password {
            self.write("password", password);
            command.args(["-A", "scram-sha-256", "--pwfile"]);
            command.arg(self.folder.path().join("password"));
        } else {
            command.args(["-A", "trust"]);
        }
        command.arg("-D").arg(self.cluster());
        successful(command);
    }

    fn configure(&self, settings: &[&str]) {
        let mut text = format!(
            "listen_addresses = '127.0.0.1'\nport = {}\nunix_socket_directories = '{}'\n",
            self.port,
            self.socket_folder().display()
        );
        if let Some(certificates) = &self.certificates {
            let (own, authority) = (&certificates.server, &certificates.authority);
            let key = certificates.server_key.display();
            text += &format!("ssl = on\nssl_cert_file = '{}'\n", own.display());
            text += &format!("ssl_key_file = '{key}'\n");
            text += &format!("ssl_ca_file = '{}'\n", authority.display());
        }
        for line in settings {
            text += &format!("{line}\n");
        }
        // Read after `postgresql.conf`, so that it wins.
        self.write("cluster/postgresql.auto.conf", &text);
    }

    /// Writes a file that the server's owner may read.
    fn write(&self, name: &str, text: &str) {
        let path = self.folder.path().join(name);
        fs::write(&path, text).unwrap();
        if let Some(account) = self.account {
            account.owns(&path);
        }
    }

    fn controlled(&self, arguments: &[&str]) {
        let output = self.control(arguments);
        let said = String::from_utf8_lossy(&output.stderr);
        let log = self.log();
        assert!(
            output.status.success(),
            "pg_ctl {arguments:?}: {said}\n{log}"
        );
    }

    fn control(&self, arguments: &[&str]) -> Output {
        let mut command = self.command(self.programs.join("pg_ctl"));
        command.args(arguments).arg("-D").arg(self.cluster());
        // `-t`: a busy machine starts no server in the minute that is the default.
        if arguments != ["reload"] {
            command.args(["-w", "-t", "600"]);
        }
        command.arg("-l").arg(self.folder.path().join("log"));
        command.output().unwrap()
    }

    /// A command as the server's owner, without the test's own `PG…` variables.
    fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.env_clear().env("LC_ALL", "C").env("TZ", "UTC");
        command.env("PATH", "/usr/local/bin:/usr/bin:/bin");
        command.current_dir(self.folder.path());
        if let Some(account) = self.account {
            account.runs(&mut command);
        }
        command
    }
}

/// A port that nobody listens on now.
fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listener.local_addr().unwrap().port()
}

/// What a command says that must not fail.
fn successful(mut command: Command) -> String {
    let output = command.output().unwrap();
    let program = command.get_program().display();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program}: {errors}");
    String::from_utf8(output.stdout).unwrap()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{running::is_running, wait::wait_until};

    /// The server's process.
    fn pid(server: &Server) -> u32 {
        let text = fs::read_to_string(server.cluster().join("postmaster.pid")).unwrap();
        text.lines().next().unwrap().parse().unwrap()
    }

    #[test]
    fn a_server_keeps_its_rows_and_its_port_and_ends_with_its_scope() {
        let Some(server) = Server::begin(&Options {
            settings: &["max_connections = 7"],
            ..Options::default()
        }) else {
            return;
        };
        assert_eq!(server.sql("SHOW max_connections"), "7\n");
        assert_eq!(server.sql("SHOW fsync"), "on\n");
        server.sql("CREATE TABLE kept (a int, b text); INSERT INTO kept VALUES (1, 'x')");
        let (port, first) = (server.port(), pid(&server));
        server.restart(true);
        server.stop();
        assert!(!is_running(first));
        server.start();
        assert_eq!(server.sql("SELECT * FROM kept"), "1|x\n");
        assert_eq!(server.sql("SHOW port"), format!("{port}\n"));
        let (last, folder) = (pid(&server), server.socket_folder().to_owned());
        assert!(is_running(last), "{}", server.log());
        drop(server);
        wait_until("the server's end", || false, || !is_running(last));
        assert!(!folder.exists());
    }

    #[test]
    fn a_server_asks_for_its_password_and_speaks_tls() {
        let Some(server) = Server::begin(&Options {
            password: Some("s3cret"),
            tls: true,
            settings: &[],
        }) else {
            return;
        };
        let session = "SELECT count(*) FROM pg_hba_file_rules WHERE auth_method = 'trust'";
        assert_eq!(server.sql(session), "0\n");
        assert_eq!(server.sql("SHOW ssl"), "on\n");
        server.set_access("local all all trust\n");
        wait_until("the new rules", || false, || server.sql(session) == "1\n");
    }
}

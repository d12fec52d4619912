use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Parser, Subcommand};
use tide_core::{Stations, server};

#[derive(Parser)]
#[command(version, about = "Tide predictions over HTTP")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the service.
    Serve {
        #[arg(long, default_value = "data/stations.toml")]
        stations: PathBuf,
        #[arg(long, default_value = "127.0.0.1:7070")]
        listen: SocketAddr,
    },
    /// Check a station file and say what would be refused.
    Check { file: PathBuf },
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    match Cli::parse().command {
        Command::Serve { stations, listen } => {
            let stations = Stations::load(&stations)?;
            server::run(listen, stations).await?;
        }
        Command::Check { file } => {
            let problems = Stations::problems(&file)?;
            for problem in &problems {
                println!("{problem}");
            }
            if !problems.is_empty() {
                std::process::exit(1);
            }
        }
    }
    Ok(())
}

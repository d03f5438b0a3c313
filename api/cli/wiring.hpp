// From the configuration's values to those of the parts that are built from them.
#pragma once

#include <filesystem>

#include "api/cli/options.hpp"
#include "api/config/config.hpp"
#include "imap/client/oauth.hpp"
#include "imap/server/server.hpp"
#include "imap/sync/sync.hpp"
#include "indexer/extract/pool.hpp"
#include "intake/journal/server.hpp"
#include "store/archive.hpp"

namespace mailhold::cli {

store::ArchiveOptions to_archive_options(const config::Ledger& ledger);
indexer::extract::PoolOptions to_pool_options(const config::Attachments& attachments);
// As the configuration says; the defaults for a bare data folder.
indexer::extract::PoolOptions to_pool_options(const Place& place);
// `data` is the archive's folder, which also keeps the refresh tokens.
imap::sync::Account to_origin(const config::Account& account, const std::filesystem::path& data);
std::filesystem::path token_file(const config::Account& account, const std::filesystem::path& data);
// How the token endpoint of such an account is asked. Errc::invalid where it has none.
struct TokenEndpoint {
    imap::client::OAuthClient client;
    imap::client::Post post;
};
Result<TokenEndpoint> token_endpoint(const config::Account& account);
std::vector<imap::server::User> to_users(const config::Config& config);
imap::server::Options to_server_options(const config::Config& config);
intake::journal::Options to_journal_options(const config::Journal& journal);
indexer::pipeline::SearchPool::Limits to_search_limits(const config::Search& search);
// The configured certificate, or the self-signed pair of the archive, made at first start; and whose
// certificates clients may show, if any.
Result<std::shared_ptr<const imap::net::ServerIdentity>> load_identity(
    const config::Config& config, const std::filesystem::path& client_ca = {});

std::size_t io_threads();                         // for net::Runtime
std::size_t work_threads();                       // for a pool of blocking work
inline constexpr std::size_t mirror_threads = 8;  // of mirrors: most wait for a disk

}  // namespace mailhold::cli

// One refresh at a time; whoever comes meanwhile waits for it and shares its token.
#include "imap/client/token_keeper.hpp"

#include <utility>

#include "store/base/file.hpp"

namespace mailhold::imap::client {
namespace {

// A token is not used in its last moments: the login with it takes time too.
constexpr std::chrono::seconds margin{60};

}  // namespace

TokenKeeper::TokenKeeper(OAuthClient client, std::filesystem::path file, Post post)
    : client_(std::move(client)), file_(std::move(file)), post_(std::move(post)) {}

Result<std::string> TokenKeeper::access_token() {
    const std::lock_guard lock(mutex_);
    auto kept = read_file(file_);
    if (!kept && kept.error().code == Errc::not_found) return fail(Errc::auth, "consent needed");
    if (!kept) return std::unexpected(kept.error());
    if (kept->ends_with('\n')) kept->pop_back();
    const auto now = std::chrono::steady_clock::now();
    if (!token_.empty() && used_ == *kept && now < until_) return token_;
    auto grant = refresh(client_, *kept, post_);
    if (!grant) return std::unexpected(grant.error());
    if (grant->refresh_token && *grant->refresh_token != *kept) {
        if (auto written = keep(file_, *grant->refresh_token); !written)
            return std::unexpected(written.error());
        *kept = *grant->refresh_token;
    }
    token_ = std::move(grant->access_token);
    used_ = std::move(*kept);
    until_ = now + grant->lives - margin;
    return token_;
}

void TokenKeeper::refused() {
    const std::lock_guard lock(mutex_);
    token_.clear();
}

Status TokenKeeper::keep(const std::filesystem::path& file, const std::string& refresh_token) {
    if (auto made = make_folder(file.parent_path()); !made) return made;
    return write_durably(file, refresh_token + "\n", 0600);
}

}  // namespace mailhold::imap::client

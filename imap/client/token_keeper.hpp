// Access tokens of one account, refreshed before they end; the refresh token is kept in a file that only
// its owner may read, beside the archive. Any thread; blocking.
#pragma once

#include <chrono>
#include <filesystem>
#include <mutex>
#include <string>

#include "imap/client/oauth.hpp"

namespace mailhold::imap::client {

class TokenKeeper {
  public:
    TokenKeeper(OAuthClient client, std::filesystem::path file, Post post);

    // The access token in use, or a new one. Errc::auth where consent is needed (first, or again).
    Result<std::string> access_token();
    // The origin refused it: the next is a new one.
    void refused();
    // Keeps a new refresh token, 0600 and durably, instead of the old one.
    static Status keep(const std::filesystem::path& file, const std::string& refresh_token);

  private:
    OAuthClient client_;
    std::filesystem::path file_;
    Post post_;
    std::mutex mutex_;
    std::string token_;
    std::string
        used_;  // the refresh token that `token_` is from: another in the file is a new consent
    std::chrono::steady_clock::time_point until_{};
};

}  // namespace mailhold::imap::client

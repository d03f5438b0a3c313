// The mirrors of the configured accounts: started, compared with a new configuration, reported.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "api/config/config.hpp"
#include "api/http/status.hpp"
#include "imap/sync/sync.hpp"

namespace mailhold::cli {

class Mirrors {
  public:
    // All of it outlives the mirrors.
    Mirrors(imap::net::Runtime& runtime, WorkerPool& pool, store::Archive& archive,
            std::filesystem::path data)
        : runtime_(runtime), pool_(pool), archive_(archive), data_(std::move(data)) {}
    ~Mirrors();  // stops all

    // Starts new accounts, ends those that are gone, restarts those that changed; the others go on
    // undisturbed, or try again at once where they wait for people.
    void follow(const std::vector<config::Account>& accounts);
    // Any thread, both. Errc::not_found where the account is not mirrored.
    Status reconcile(const std::string& account);
    std::optional<http::MirrorStatus> status(const std::string& account) const;

  private:
    struct Running {
        config::Account account;
        std::unique_ptr<imap::sync::Mirror> mirror;
    };
    imap::net::Runtime& runtime_;
    WorkerPool& pool_;
    store::Archive& archive_;
    std::filesystem::path data_;
    mutable std::mutex
        mutex_;  // guards the map, which status() reads; never held while a mirror stops
    std::map<std::string, Running> running_;
};

}  // namespace mailhold::cli

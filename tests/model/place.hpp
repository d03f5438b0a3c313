// A small archive for scripts to play on: three users, two of whom have accounts whose mailboxes
// follow an origin. What alice has, and mallory must never see, holds the word `secret`.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "imap/server/session.hpp"

namespace mailhold::model {

inline constexpr std::string_view secret = "ONLY4ALICE";

class Place {
  public:
    Place();
    ~Place();
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

    // What the origin does: "add", "vanish 3", "flag 3 \\Seen"; anything else is nothing.
    void origin(std::string_view what);

    std::unique_ptr<store::Archive> archive;
    std::unique_ptr<imap::server::Cache> cache;
    std::unique_ptr<indexer::pipeline::Searcher> searcher;
    std::unique_ptr<imap::server::Backend> backend;
    std::vector<imap::server::User> users;  // passwords in plain

  private:
    void store(std::vector<store::Arrival> arrivals, std::vector<store::Fact> facts);
    void list(const std::string& account, const std::string& mailbox);
    void add();

    std::filesystem::path folder_;
    store::Archive::Subscription subscription_;
    std::uint32_t last_ = 0;  // UID in alice's INBOX
};

}  // namespace mailhold::model

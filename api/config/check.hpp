// What a value must be beyond its type, as pure functions: each gives what is wrong with it, or
// nothing.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mailhold::config {

using Wrong = std::optional<std::string>;

Wrong wrong_account_name(std::string_view name);  // it becomes the name of a mailbox
Wrong wrong_user_name(std::string_view name);     // or of a group
Wrong wrong_password_hash(std::string_view hash);
Wrong wrong_scram(std::string_view verifier);  // empty is none
Wrong wrong_pin(std::string_view pin);
Wrong wrong_https_url(std::string_view url);  // without userinfo: URLs are logged
Wrong wrong_scope(std::string_view scope);    // one scope-token (RFC 6749 3.3); empty is none

// What the configuration names and cannot be read now, a line each. Looks at the files, so not part
// of parsing: a mounted secret may come later.
struct Config;
std::vector<std::string> unreadable_files(const Config& config);

// Accounts that users see and that are neither configured nor, by name, among those archived (mail
// of an account stays, whatever is configured), a line each.
std::vector<std::string> unknown_accounts(const Config& config,
                                          const std::vector<std::string>& archived);

// The groups that a user belongs to, and what is granted to him, by name or with a group.
struct Grant;
std::vector<std::string> groups_of(const Config& config, std::string_view user);
std::vector<Grant> grants_of(const Config& config, std::string_view user);

// ASCII letters in lower case; other octets as they are.
std::string lower_case(std::string_view text);

}  // namespace mailhold::config

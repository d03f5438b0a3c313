// Who may log in to the local endpoint, and how passwords are kept.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "store/rights.hpp"

namespace mailhold::imap::server {

// Some mailboxes of an account: patterns of their names there, with * and %.
struct Grant {
    std::string account;
    std::vector<std::string> mailboxes;
    bool operator==(const Grant&) const = default;
};

// Who may log in, and what he sees. The first account's INBOX is his INBOX.
struct User {
    std::string name;
    std::string password_hash;                // argon2id, "$argon2id$..."
    std::vector<std::string> accounts;        // whole ones, with all mail ever archived from them
    std::vector<Grant> grants{};              // beside them
    std::vector<std::string> groups{};        // that workspaces may be shared with
    store::Quota quota{};                     // of his workspaces
    std::string scram{};                      // verifier (scram.hpp); empty: no login by SCRAM
    std::vector<std::string> certificates{};  // names of his (net::certificate_name())
    bool operator==(const User&) const = default;
};

// argon2id (libsodium, interactive limits). Blocking, about 0.1 s and 64 MiB: on the pool only.
std::string hash_password(std::string_view password);
bool verify_password(std::string_view password, std::string_view hash);

struct Credentials {
    std::string user;
    std::string password;
    enum class How {
        password,
        proven,       // that he knows it, to the session, by SCRAM; `password` is the stored key
        disproved,    // likewise, or he went wrong otherwise
        certificate,  // by TLS
        token         // `password` is one; `user` whom he wants to be, or nobody
    };
    How how = How::password;
    std::string mechanism{};                 // for the record: "PLAIN"
    std::vector<std::string> certificate{};  // the names of what TLS verified
};

// Who has this certificate and is called so; where no name is given, the one who has it, if he is the
// only one. nullptr where there is none.
const User* holder_of(const std::vector<User>& users, const std::vector<std::string>& certificate,
                      std::string_view name);

// Of a token `user` is whom it stands for. Takes as long for a name that nobody has as for a wrong password, so that names cannot be guessed
// by the clock. nullptr when refused. Blocking like verify_password.
const User* check_login(const std::vector<User>& users, const Credentials& given);

}  // namespace mailhold::imap::server

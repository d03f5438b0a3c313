#include "imap/server/login/user.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <stdexcept>

#include "imap/server/login/scram.hpp"

namespace mailhold::imap::server {
namespace {

void start_sodium() {
    if (sodium_init() < 0) throw std::runtime_error("libsodium cannot be started");
}

}  // namespace

std::string hash_password(std::string_view password) {
    start_sodium();
    std::array<char, crypto_pwhash_STRBYTES> hash{};
    if (crypto_pwhash_str(hash.data(), password.data(), password.size(),
                          crypto_pwhash_OPSLIMIT_INTERACTIVE,
                          crypto_pwhash_MEMLIMIT_INTERACTIVE) != 0) {
        throw std::runtime_error("not enough memory to hash a password");
    }
    return hash.data();
}

bool verify_password(std::string_view password, std::string_view hash) {
    start_sodium();
    const std::string terminated(hash);
    return crypto_pwhash_str_verify(terminated.c_str(), password.data(), password.size()) == 0;
}

const User* holder_of(const std::vector<User>& users, const std::vector<std::string>& certificate,
                      std::string_view name) {
    const User* holder = nullptr;
    for (const User& user : users) {
        const bool has =
            std::ranges::find_first_of(user.certificates, certificate) != user.certificates.end();
        if (!has || (!name.empty() && user.name != name)) continue;
        if (holder) return nullptr;
        holder = &user;
    }
    return holder;
}

const User* check_login(const std::vector<User>& users, const Credentials& given) {
    if (users.empty() || given.how == Credentials::How::disproved) return nullptr;
    const auto user = std::ranges::find(users, given.user, &User::name);
    const bool known = user != users.end();
    if (given.how == Credentials::How::proven) {
        // The password may have changed since the exchange began.
        const auto keys = known ? read_verifier(user->scram) : std::nullopt;
        return keys && keys->stored_key == given.password ? &*user : nullptr;
    }
    if (given.how == Credentials::How::certificate)
        return known ? holder_of(users, given.certificate, given.user) : nullptr;
    if (given.how == Credentials::How::token) return known ? &*user : nullptr;
    // An unknown name is checked against somebody else's hash: the same work, and refused whatever
    // comes out.
    const bool right =
        verify_password(given.password, known ? user->password_hash : users.front().password_hash);
    return known && right ? &*user : nullptr;
}

}  // namespace mailhold::imap::server

// RFC 5802 3, line by line.
#include "tests/unit/client/scram_server.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "imap/wire/base64.hpp"

namespace mailhold::imap::client {
namespace {

const EVP_MD* digest(const std::string& hash) {
    return hash == "SHA-1" ? EVP_sha1() : EVP_sha256();
}

std::string hmac(const std::string& hash, const std::string& key, std::string_view text) {
    unsigned char out[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    HMAC(digest(hash), key.data(), static_cast<int>(key.size()),
         reinterpret_cast<const unsigned char*>(text.data()), text.size(), out, &size);
    return {reinterpret_cast<const char*>(out), size};
}

std::string hashed(const std::string& hash, const std::string& text) {
    unsigned char out[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    EVP_Digest(text.data(), text.size(), out, &size, digest(hash), nullptr);
    return {reinterpret_cast<const char*>(out), size};
}

std::string value(std::string_view message, std::string_view name) {
    const auto at = message.find(name);
    if (at == std::string_view::npos) return {};
    const auto rest = message.substr(at + name.size());
    return std::string(rest.substr(0, rest.find(',')));
}

}  // namespace

ScramServer::ScramServer(std::string hash, std::string binding_type, std::string binding)
    : hash_(std::move(hash)),
      binding_type_(std::move(binding_type)),
      binding_(std::move(binding)) {}

std::string ScramServer::first(std::string_view message) {
    const auto end = message.find(',', message.find(',') + 1) + 1;
    header = message.substr(0, end);
    client_first_bare_ = message.substr(end);
    whole_nonce_ = value(client_first_bare_, "r=") + nonce;
    server_first_ = "r=" + whole_nonce_ + ",s=" + salt_base64 + ",i=" + std::to_string(iterations);
    return server_first_;
}

std::string ScramServer::final(std::string_view message) {
    const bool bound = header.starts_with("p=");
    if (bound && header != "p=" + binding_type_ + ",,") return "e=unsupported-channel-binding-type";
    const auto wanted = "c=" + wire::to_base64(header + (bound ? binding_ : ""));
    if (!message.starts_with(wanted + ",r=" + whole_nonce_ + ",p="))
        return "e=channel-bindings-dont-match";
    const auto proof_at = message.rfind(",p=");
    const auto auth_message =
        client_first_bare_ + "," + server_first_ + "," + std::string(message.substr(0, proof_at));
    const auto salt = *wire::from_base64(salt_base64);
    std::string salted(hash_ == "SHA-1" ? 20 : 32, '\0');
    PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()),
                      reinterpret_cast<const unsigned char*>(salt.data()),
                      static_cast<int>(salt.size()), iterations, digest(hash_),
                      static_cast<int>(salted.size()),
                      reinterpret_cast<unsigned char*>(salted.data()));
    const auto client_key = hmac(hash_, salted, "Client Key");
    const auto signature = hmac(hash_, hashed(hash_, client_key), auth_message);
    auto proof = client_key;
    for (std::size_t i = 0; i < proof.size(); ++i)
        proof[i] = static_cast<char>(proof[i] ^ signature[i]);
    if (message.substr(proof_at + 3) != wire::to_base64(proof)) return "e=invalid-proof";
    return "v=" + wire::to_base64(hmac(hash_, hmac(hash_, salted, "Server Key"), auth_message));
}

}  // namespace mailhold::imap::client

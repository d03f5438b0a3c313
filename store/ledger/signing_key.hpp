// The Ed25519 key pair (RFC 8032) that signs checkpoints. OpenSSL stays in signing_key.cpp.
// keys/signing.key is the private half (PEM, 0600); keys/signing.pub the public half, what an
// auditor gets.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "store/base/error.hpp"

namespace mailhold::store::ledger {

using Signature = std::array<std::uint8_t, 64>;

std::string to_base64(const Signature& signature);  // RFC 4648 section 4, 88 characters
std::optional<Signature> signature_from_base64(std::string_view text);

class PublicKey {
  public:
    static Result<PublicKey> load(const std::filesystem::path& keys_folder);
    bool verify(std::string_view text, const Signature& signature) const;
    std::string hex() const;  // of the 32 octets of the key

  private:
    friend class SigningKey;
    struct Handle;
    explicit PublicKey(std::shared_ptr<const Handle> handle) : handle_(std::move(handle)) {}
    std::shared_ptr<const Handle> handle_;  // immutable, shared by copies
};

class SigningKey {
  public:
    // Errc::not_found when there is none.
    static Result<SigningKey> load(const std::filesystem::path& keys_folder);
    // Makes both halves durably; the folder is made with it.
    static Result<SigningKey> create(const std::filesystem::path& keys_folder);
    Signature sign(std::string_view text) const;
    PublicKey public_key() const { return PublicKey(handle_); }

  private:
    explicit SigningKey(std::shared_ptr<const PublicKey::Handle> handle)
        : handle_(std::move(handle)) {}
    std::shared_ptr<const PublicKey::Handle> handle_;  // immutable, shared with its public half
};

}  // namespace mailhold::store::ledger

// What TLS trusts (client side) and what it shows (server side). Plain values; OpenSSL stays in the .cpp files.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/base/error.hpp"

namespace mailhold::imap::net {

// TLS 1.2 or newer always; name and chain are always checked, unless a pin matches.
struct ClientTrust {
    std::string ca_file;  // PEM; the system's store if empty
    std::vector<std::string>
        pin_sha256;  // base64 of SHA-256 of the server's SubjectPublicKeyInfo (RFC 7469 form): if
                     // given, one must match; it then stands in for chain and name
    std::string certificate = {};  // PEM of our own certificate with its chain, where the server
                                   // asks for one
    std::string private_key = {};  // PEM, of the certificate
};

// What a client's certificate is called: the SHA-256 of it, "AB:CD:...", and the e-mail addresses that it is for, in lower
// case.
using CertificateNames = std::vector<std::string>;
// One of them as a person writes it, with colons or without, in any case; nullopt where it is none.
std::optional<std::string> certificate_name(std::string_view text);

// A certificate and its key, loaded and checked. Immutable, shared by the listeners that use it.
class ServerIdentity {
  public:
    static Result<std::shared_ptr<const ServerIdentity>> load(
        const std::filesystem::path& certificate, const std::filesystem::path& private_key,
        const std::filesystem::path& client_ca = {});  // PEM: whose certificates clients may show
    // Loads data/keys/tls.crt and tls.key (0600); makes a self-signed pair for localhost and this host's name
    // (ECDSA P-256, 10 years) when they are absent.
    static Result<std::shared_ptr<const ServerIdentity>> load_or_make(
        const std::filesystem::path& keys_folder, const std::filesystem::path& client_ca = {});
    ~ServerIdentity();
    std::string fingerprint() const;  // SHA-256 of the certificate, "AB:CD:..."
    // Of whose certificates clients may show, and what of them is revoked; empty: none.
    const std::string& clients() const;
    struct Parts;
    const Parts& parts() const { return *parts_; }

  private:
    explicit ServerIdentity(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

}  // namespace mailhold::imap::net

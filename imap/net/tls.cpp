// The client's side of trust: chain, name and pins.
#include "imap/net/tls.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <algorithm>

#include "imap/net/stream_parts.hpp"
#include "store/base/digest.hpp"

namespace mailhold::imap::net {

namespace ssl = boost::asio::ssl;

Result<std::shared_ptr<ssl::context>> make_client_context(const ClientTrust& trust) {
    auto context = std::make_shared<ssl::context>(ssl::context::tls_client);
    SSL_CTX* const native = context->native_handle();
    SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
    if (!trust.pin_sha256.empty()) {
        // The pinned key stands in for chain and name; it is compared right after the handshake, before any octet.
        SSL_CTX_set_verify(native, SSL_VERIFY_NONE, nullptr);
        return context;
    }
    SSL_CTX_set_verify(native, SSL_VERIFY_PEER, nullptr);
    if (trust.ca_file.empty()) {
        SSL_CTX_set_default_verify_paths(native);
    } else if (SSL_CTX_load_verify_locations(native, trust.ca_file.c_str(), nullptr) != 1) {
        return fail(Errc::tls,
                    fmt::format("ca_file {}: no certificates in PEM form can be read from it",
                                trust.ca_file));
    }
    return context;
}

bool pin_matches(const ClientTrust& trust, const SSL* connection) {
    const std::unique_ptr<X509, decltype(&X509_free)> certificate(
        SSL_get1_peer_certificate(connection), &X509_free);
    if (!certificate) return false;
    unsigned char* encoded = nullptr;
    const int length = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate.get()), &encoded);
    if (length <= 0) return false;
    const Digest digest =
        sha256({reinterpret_cast<const char*>(encoded), static_cast<std::size_t>(length)});
    OPENSSL_free(encoded);
    unsigned char text[64];
    const int written =
        EVP_EncodeBlock(text, digest.bytes.data(), static_cast<int>(digest.bytes.size()));
    const std::string pin(reinterpret_cast<const char*>(text), static_cast<std::size_t>(written));
    return std::ranges::find(trust.pin_sha256, pin) != trust.pin_sha256.end();
}

}  // namespace mailhold::imap::net

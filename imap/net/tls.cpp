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
    if (!trust.certificate.empty() &&
        (SSL_CTX_use_certificate_chain_file(native, trust.certificate.c_str()) != 1 ||
         SSL_CTX_use_PrivateKey_file(native, trust.private_key.c_str(), SSL_FILETYPE_PEM) != 1)) {
        return fail(Errc::invalid, fmt::format("{} and {}: no certificate and its key in PEM form",
                                               trust.certificate, trust.private_key));
    }
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

namespace {

using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

Certificate shown_by(const SSL* connection) {
    return {SSL_get1_peer_certificate(connection), &X509_free};
}

// RFC 7469 2.4: base64 of the SHA-256 of its SubjectPublicKeyInfo. Empty where there is none.
std::string pin_of(const Certificate& certificate) {
    if (!certificate) return {};
    unsigned char* encoded = nullptr;
    const int length = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate.get()), &encoded);
    if (length <= 0) return {};
    const Digest digest =
        sha256({reinterpret_cast<const char*>(encoded), static_cast<std::size_t>(length)});
    OPENSSL_free(encoded);
    unsigned char text[64];
    const int written =
        EVP_EncodeBlock(text, digest.bytes.data(), static_cast<int>(digest.bytes.size()));
    return {reinterpret_cast<const char*>(text), static_cast<std::size_t>(written)};
}

std::string issuer_of(const Certificate& certificate) {
    if (!certificate) return {};
    const std::unique_ptr<BIO, decltype(&BIO_free)> text(BIO_new(BIO_s_mem()), &BIO_free);
    if (!text || X509_NAME_print_ex(text.get(), X509_get_issuer_name(certificate.get()), 0,
                                    XN_FLAG_RFC2253) < 0)
        return {};
    char* octets = nullptr;
    const auto size = BIO_get_mem_data(text.get(), &octets);
    return {octets, static_cast<std::size_t>(size)};
}

}  // namespace

bool pin_matches(const ClientTrust& trust, const SSL* connection) {
    return std::ranges::find(trust.pin_sha256, pin_of(shown_by(connection))) !=
           trust.pin_sha256.end();
}

std::optional<Stream::TlsShown> Stream::tls_shown() const {
    if (!parts_->tls) return std::nullopt;
    const SSL* const connection = parts_->tls->native_handle();
    const auto certificate = shown_by(connection);
    return TlsShown{SSL_get_version(connection), pin_of(certificate), issuer_of(certificate)};
}

std::optional<Stream::Binding> Stream::channel_binding() const {
    if (!parts_->tls) return std::nullopt;
    SSL* const connection = parts_->tls->native_handle();
    unsigned char octets[64];
    if (SSL_version(connection) >= TLS1_3_VERSION) {
        constexpr std::string_view label = "EXPORTER-Channel-Binding";
        if (SSL_export_keying_material(connection, octets, 32, label.data(), label.size(), nullptr,
                                       0, 1) != 1)
            return std::nullopt;
        return Binding{"tls-exporter", {reinterpret_cast<const char*>(octets), 32}};
    }
    // The first Finished message: the client's, unless a session is resumed.
    if (SSL_get_extms_support(connection) != 1) return std::nullopt;
    const bool ours = (SSL_is_server(connection) == 1) == (SSL_session_reused(connection) == 1);
    const auto size = ours ? SSL_get_finished(connection, octets, sizeof octets)
                           : SSL_get_peer_finished(connection, octets, sizeof octets);
    if (size == 0 || size > sizeof octets) return std::nullopt;
    return Binding{"tls-unique", {reinterpret_cast<const char*>(octets), size}};
}

}  // namespace mailhold::imap::net

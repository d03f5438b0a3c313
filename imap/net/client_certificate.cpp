// Certificates that clients show of themselves: whom they are trusted from, and what they are called.
#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <memory>

#include "imap/net/server_context.hpp"
#include "imap/net/stream_parts.hpp"

namespace mailhold::imap::net {
namespace {

std::string lower(std::string_view text) {
    std::string all(text);
    for (char& c : all)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
    return all;
}

std::string with_colons(std::string_view digits) {
    std::string text;
    for (std::size_t i = 0; i < digits.size(); i += 2)
        text.append(i == 0 ? "" : ":").append(digits.substr(i, 2));
    return text;
}

// RFC 5280 4.2.1.6. What the subject says beside it counts nothing.
void add_addresses(const X509* certificate, CertificateNames& names) {
    const std::unique_ptr<GENERAL_NAMES, decltype(&GENERAL_NAMES_free)> all(
        static_cast<GENERAL_NAMES*>(
            X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)),
        &GENERAL_NAMES_free);
    for (int i = 0; all && i < sk_GENERAL_NAME_num(all.get()); ++i) {
        const auto* name = sk_GENERAL_NAME_value(all.get(), i);
        if (name->type != GEN_EMAIL) continue;
        const std::string_view address(
            reinterpret_cast<const char*>(ASN1_STRING_get0_data(name->d.rfc822Name)),
            static_cast<std::size_t>(ASN1_STRING_length(name->d.rfc822Name)));
        if (auto known = certificate_name(address); known && address.contains('@'))
            names.push_back(std::move(*known));
    }
}

// RFC 5280 5: where there is a revocation list, every authority must have one that is not out of date.
void refuse_what_is_revoked(X509_STORE* trusted) {
    const auto* all = X509_STORE_get0_objects(trusted);
    for (int i = 0; i < sk_X509_OBJECT_num(all); ++i) {
        if (X509_OBJECT_get_type(sk_X509_OBJECT_value(all, i)) == X509_LU_CRL)
            X509_STORE_set_flags(trusted, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
    }
}

}  // namespace

std::string fingerprint_of(const X509* certificate) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned length = 0;
    X509_digest(certificate, EVP_sha256(), digest.data(), &length);
    std::string digits;
    for (unsigned i = 0; i < length; ++i) digits += fmt::format("{:02X}", digest[i]);
    return with_colons(digits);
}

std::optional<std::string> certificate_name(std::string_view text) {
    const auto is_printed = [](char c) { return c > ' ' && c <= '~'; };
    if (text.contains('@') && text.size() <= 254 && std::ranges::all_of(text, is_printed))
        return lower(text);
    std::string digits;
    for (const char c : text)
        if (c != ':') digits += c >= 'a' && c <= 'f' ? static_cast<char>(c - ('a' - 'A')) : c;
    const auto is_hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F'); };
    if (digits.size() != 64 || !std::ranges::all_of(digits, is_hex)) return std::nullopt;
    return with_colons(digits);
}

Status trust_clients(SSL_CTX* context, const std::filesystem::path& authorities) {
    STACK_OF(X509_NAME)* const names = SSL_load_client_CA_file(authorities.c_str());
    if (!names || SSL_CTX_load_verify_file(context, authorities.c_str()) != 1) {
        sk_X509_NAME_pop_free(names, X509_NAME_free);
        ERR_clear_error();
        return fail(Errc::tls,
                    fmt::format("{} holds no certificates of authorities", authorities.string()));
    }
    refuse_what_is_revoked(SSL_CTX_get_cert_store(context));
    SSL_CTX_set_client_CA_list(context, names);  // which takes it over
    // A client may show none; one that is not trusted ends the handshake.
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
    // Sessions that are resumed keep the certificate that they began with.
    constexpr std::string_view ours = "mailhold";
    SSL_CTX_set_session_id_context(context, reinterpret_cast<const unsigned char*>(ours.data()),
                                   ours.size());
    return {};
}

CertificateNames Stream::client_certificate() const {
    if (!parts_->tls) return {};
    SSL* const connection = parts_->tls->native_handle();
    const X509* const certificate = SSL_get0_peer_certificate(connection);
    const bool verified = (SSL_get_verify_mode(connection) & SSL_VERIFY_PEER) != 0 &&
                          SSL_get_verify_result(connection) == X509_V_OK;
    if (!certificate || !verified) return {};
    CertificateNames names{fingerprint_of(certificate)};
    add_addresses(certificate, names);
    return names;
}

}  // namespace mailhold::imap::net

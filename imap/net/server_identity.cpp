// The server's side of TLS: loading a certificate with its key, or making a self-signed pair at the first start.
#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <array>

#include "imap/net/server_context.hpp"
#include "store/base/digest.hpp"
#include "store/base/file.hpp"

namespace mailhold::imap::net {

namespace ssl = boost::asio::ssl;

namespace {

template <auto Function>
struct Deleter {
    template <class T>
    void operator()(T* object) const {
        Function(object);
    }
};
using Certificate = std::unique_ptr<X509, Deleter<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using Memory = std::unique_ptr<BIO, Deleter<BIO_free>>;

constexpr long ten_years = 10L * 365 * 24 * 3600;

std::string ssl_problem() {
    std::array<char, 256> text{};
    ERR_error_string_n(ERR_get_error(), text.data(), text.size());
    ERR_clear_error();
    return text.data();
}

std::string content(BIO* memory) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(memory, &data);
    return {data, static_cast<std::size_t>(size)};
}

std::string host_name() {
    std::array<char, 256> name{};
    if (::gethostname(name.data(), name.size() - 1) != 0) return "localhost";
    return name.data();
}

struct Pair {
    std::string certificate, key;
};

// Self-signed, ECDSA P-256, for localhost and this host's name.
Result<Pair> make_pair() {
    const Key key(EVP_EC_gen("P-256"));
    const Certificate certificate(X509_new());
    if (!key || !certificate)
        return fail(Errc::tls, fmt::format("make a TLS key: {}", ssl_problem()));
    X509* const x509 = certificate.get();
    X509_set_version(x509, X509_VERSION_3);
    const std::unique_ptr<BIGNUM, Deleter<BN_free>> serial(BN_new());
    BN_rand(serial.get(), 127, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY);
    BN_to_ASN1_INTEGER(serial.get(), X509_get_serialNumber(x509));
    X509_gmtime_adj(X509_getm_notBefore(x509), -3600);
    X509_gmtime_adj(X509_getm_notAfter(x509), ten_years);
    X509_set_pubkey(x509, key.get());
    const auto host = host_name();
    X509_NAME* const name = X509_get_subject_name(x509);
    const auto* common = reinterpret_cast<const unsigned char*>("Mailhold");
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, common, -1, -1, 0);
    X509_set_issuer_name(x509, name);
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, x509, x509, nullptr, nullptr, 0);
    const auto add = [&](int nid, const std::string& value) {
        const std::unique_ptr<X509_EXTENSION, Deleter<X509_EXTENSION_free>> extension(
            X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
        return extension && X509_add_ext(x509, extension.get(), -1) == 1;
    };
    const auto names = fmt::format("DNS:localhost,DNS:{},IP:127.0.0.1,IP:::1", host);
    if (!add(NID_subject_alt_name, names) &&
        !add(NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1,IP:::1")) {
        return fail(Errc::tls, fmt::format("make a certificate: {}", ssl_problem()));
    }
    add(NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
    if (X509_sign(x509, key.get(), EVP_sha256()) == 0) {
        return fail(Errc::tls, fmt::format("sign the certificate: {}", ssl_problem()));
    }
    const Memory certificate_text(BIO_new(BIO_s_mem()));
    const Memory key_text(BIO_new(BIO_s_mem()));
    PEM_write_bio_X509(certificate_text.get(), x509);
    PEM_write_bio_PrivateKey(key_text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    return Pair{content(certificate_text.get()), content(key_text.get())};
}

}  // namespace

ServerIdentity::ServerIdentity(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
ServerIdentity::~ServerIdentity() = default;
std::string ServerIdentity::fingerprint() const {
    return parts_->fingerprint;
}

const std::string& ServerIdentity::clients() const {
    return parts_->clients;
}

Result<std::shared_ptr<const ServerIdentity>> ServerIdentity::load(
    const std::filesystem::path& certificate, const std::filesystem::path& private_key,
    const std::filesystem::path& client_ca) {
    auto parts = std::make_unique<Parts>();
    parts->context = std::make_shared<ssl::context>(ssl::context::tls_server);
    SSL_CTX* const native = parts->context->native_handle();
    SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
    SSL_CTX_set_options(native, SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_NO_RENEGOTIATION);
    if (SSL_CTX_use_certificate_chain_file(native, certificate.c_str()) != 1) {
        return fail(Errc::tls,
                    fmt::format("certificate {}: {}", certificate.string(), ssl_problem()));
    }
    if (SSL_CTX_use_PrivateKey_file(native, private_key.c_str(), SSL_FILETYPE_PEM) != 1) {
        return fail(Errc::tls,
                    fmt::format("private key {}: {}", private_key.string(), ssl_problem()));
    }
    if (SSL_CTX_check_private_key(native) != 1) {
        return fail(Errc::tls, fmt::format("{} is not the key of {}", private_key.string(),
                                           certificate.string()));
    }
    if (!client_ca.empty()) {
        if (auto done = trust_clients(native, client_ca); !done)
            return std::unexpected(done.error());
        const auto text = read_file(client_ca);
        if (!text) return std::unexpected(text.error());
        parts->clients = to_hex(sha256(*text));
    }
    parts->fingerprint = fingerprint_of(SSL_CTX_get0_certificate(native));
    return std::shared_ptr<const ServerIdentity>(new ServerIdentity(std::move(parts)));
}

Result<std::shared_ptr<const ServerIdentity>> ServerIdentity::load_or_make(
    const std::filesystem::path& keys_folder, const std::filesystem::path& client_ca) {
    const auto certificate = keys_folder / "tls.crt";
    const auto key = keys_folder / "tls.key";
    if (!std::filesystem::exists(certificate) || !std::filesystem::exists(key)) {
        auto made = make_pair();
        if (!made) return std::unexpected(made.error());
        if (auto done = make_folder(keys_folder); !done) return std::unexpected(done.error());
        if (auto done = write_durably(key, made->key); !done) return std::unexpected(done.error());
        if (auto done = write_durably(certificate, made->certificate, 0644); !done)
            return std::unexpected(done.error());
    }
    return load(certificate, key, client_ca);
}

}  // namespace mailhold::imap::net

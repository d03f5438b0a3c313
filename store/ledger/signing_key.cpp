#include "store/ledger/signing_key.hpp"

#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <algorithm>

#include "store/base/file.hpp"

namespace mailhold::store::ledger {
namespace {

using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;
using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

constexpr std::size_t base64_size = 88;

Bio reading(const std::string& pem) {
    return {BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &BIO_free};
}

std::string written(BIO* bio) {
    char* data = nullptr;
    const auto size = BIO_get_mem_data(bio, &data);
    return {data, static_cast<std::size_t>(size)};
}

const unsigned char* bytes(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

struct PublicKey::Handle {
    Key key;
};

std::string to_base64(const Signature& signature) {
    std::string text(base64_size, '\0');
    EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), signature.data(),
                    static_cast<int>(signature.size()));
    return text;
}

std::optional<Signature> signature_from_base64(std::string_view text) {
    std::array<unsigned char, base64_size / 4 * 3> raw{};
    if (text.size() != base64_size ||
        EVP_DecodeBlock(raw.data(), bytes(text), static_cast<int>(text.size())) < 0) {
        return std::nullopt;
    }
    Signature signature;
    std::copy_n(raw.begin(), signature.size(), signature.begin());
    // One signature, one spelling: unused bits and padding must be as we write them.
    if (to_base64(signature) != text) return std::nullopt;
    return signature;
}

Result<PublicKey> PublicKey::load(const std::filesystem::path& keys_folder) {
    const auto path = keys_folder / "signing.pub";
    const auto pem = read_file(path);
    if (!pem) return std::unexpected(pem.error());
    Key key(PEM_read_bio_PUBKEY(reading(*pem).get(), nullptr, nullptr, nullptr), &EVP_PKEY_free);
    if (!key || EVP_PKEY_get_id(key.get()) != EVP_PKEY_ED25519) {
        return fail(Errc::corrupt,
                    fmt::format("{} is not an Ed25519 public key in PEM", path.string()));
    }
    return PublicKey(std::make_shared<const Handle>(std::move(key)));
}

bool PublicKey::verify(std::string_view text, const Signature& signature) const {
    const DigestContext context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
    return EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, handle_->key.get()) ==
               1 &&
           EVP_DigestVerify(context.get(), signature.data(), signature.size(), bytes(text),
                            text.size()) == 1;
}

std::string PublicKey::hex() const {
    std::array<unsigned char, 32> raw{};
    std::size_t size = raw.size();
    MAILHOLD_ASSERT(EVP_PKEY_get_raw_public_key(handle_->key.get(), raw.data(), &size) == 1);
    std::string text;
    for (const auto byte : raw) text += fmt::format("{:02x}", byte);
    return text;
}

Result<SigningKey> SigningKey::load(const std::filesystem::path& keys_folder) {
    const auto path = keys_folder / "signing.key";
    const auto pem = read_file(path);
    if (!pem) return std::unexpected(pem.error());
    Key key(PEM_read_bio_PrivateKey(reading(*pem).get(), nullptr, nullptr, nullptr),
            &EVP_PKEY_free);
    if (!key || EVP_PKEY_get_id(key.get()) != EVP_PKEY_ED25519) {
        return fail(Errc::corrupt,
                    fmt::format("{} is not an Ed25519 private key in PEM", path.string()));
    }
    return SigningKey(std::make_shared<const PublicKey::Handle>(std::move(key)));
}

Result<SigningKey> SigningKey::create(const std::filesystem::path& keys_folder) {
    Key key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"), &EVP_PKEY_free);
    const Bio secret(BIO_new(BIO_s_mem()), &BIO_free);
    const Bio open(BIO_new(BIO_s_mem()), &BIO_free);
    MAILHOLD_ASSERT(key && secret && open);
    MAILHOLD_ASSERT(PEM_write_bio_PrivateKey(secret.get(), key.get(), nullptr, nullptr, 0, nullptr,
                                             nullptr) == 1);
    MAILHOLD_ASSERT(PEM_write_bio_PUBKEY(open.get(), key.get()) == 1);
    if (auto made = make_folder(keys_folder); !made) return std::unexpected(made.error());
    // The private half last: a pair counts as made when it is there.
    auto stored = write_durably(keys_folder / "signing.pub", written(open.get()), 0644);
    if (stored) stored = write_durably(keys_folder / "signing.key", written(secret.get()), 0600);
    if (!stored) return std::unexpected(stored.error());
    return SigningKey(std::make_shared<const PublicKey::Handle>(std::move(key)));
}

Signature SigningKey::sign(std::string_view text) const {
    const DigestContext context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
    Signature signature;
    std::size_t size = signature.size();
    MAILHOLD_ASSERT(
        EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, handle_->key.get()) == 1 &&
        EVP_DigestSign(context.get(), signature.data(), &size, bytes(text), text.size()) == 1);
    return signature;
}

}  // namespace mailhold::store::ledger

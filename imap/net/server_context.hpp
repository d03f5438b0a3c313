// What a ServerIdentity holds. Private to imap/net.
#pragma once

#include <boost/asio/ssl/context.hpp>

#include <memory>
#include <string>

#include "imap/net/tls.hpp"

namespace mailhold::imap::net {

std::string fingerprint_of(const X509* certificate);
// Whoever connects may show a certificate of one of these authorities (PEM), unless it is on one of their revocation
// lists in the same file.
Status trust_clients(SSL_CTX* context, const std::filesystem::path& authorities);

struct ServerIdentity::Parts {
    std::shared_ptr<boost::asio::ssl::context> context;  // shared with the connections that use it
    std::string fingerprint;
    std::string clients;  // SHA-256 of the file that names their authorities
};

}  // namespace mailhold::imap::net

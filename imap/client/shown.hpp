// What an origin shows of its security before anything secret is said, and what was used once we are in.
#pragma once

#include <string>
#include <vector>

namespace mailhold::imap::client {

struct Shown {
    std::string tls;                      // "TLSv1.3"; empty: no TLS
    std::vector<std::string> mechanisms;  // of SASL, offered, sorted
    std::string mechanism;                // used; empty: the LOGIN command, or let in before
    std::string binding;                  // of the channel, used: "tls-exporter"; empty: none
    std::string key;     // base64 of the SHA-256 of the certificate's SubjectPublicKeyInfo
    std::string issuer;  // of the certificate (RFC 2253)
};

}  // namespace mailhold::imap::client

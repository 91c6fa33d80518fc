#pragma once

#include "core/config.hpp"
#include "net/tls_failure.hpp"
#include "ports/secrets.hpp"

#include <openssl/ssl.h>

namespace tunnelkeyd::net {

/// Makes `context` show the client certificate that `settings` names, with the rest of its file as its chain,
/// and prove it with its key. Reads files and password anew; blocks for as long as that takes.
///
/// Returns why that cannot be done, with the setting and the file; nothing where it is done, and where
/// `settings` names none. A key that everybody may read is refused. In the middle of a renewal the two files
/// may not fit for a moment: the next call finds them as they are then.
tls_failure use_client_identity(SSL_CTX* context, const core::tls_settings& settings,
                                const ports::secrets& secrets);

}  // namespace tunnelkeyd::net

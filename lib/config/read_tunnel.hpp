#pragma once

#include "config/mapping.hpp"
#include "core/config.hpp"

#include <optional>
#include <string>

namespace tunnelkeyd::config {

/// What `defaults` and then a tunnel say of it, one over the other, field by field.
struct tunnel_draft {
    core::tunnel tunnel;                      ///< without `organization` and `instance.auth`
    std::optional<core::instance_auth> auth;  ///< a tunnel's replaces the default one as a whole
    std::string organization;                 ///< its name; "" where none is said
    const node* organization_at = nullptr;
    const node* name_at = nullptr;  ///< these three only where the value was taken
    const node* hostname_at = nullptr;
    const node* url_at = nullptr;
    bool organization_wrong = false;  ///< one is written and was reported
    bool auth_wrong = false;          ///< the same
};

/// Whatever a tunnel may say, bar name, hostname and instance.url.
void read_defaults(const field& from, tunnel_draft& into);

/// Sets what the tunnel says; reports what it has to say and does not. `into` begins as the defaults.
void read_tunnel(const field& from, tunnel_draft& into);

void read(const field& from, core::timeouts& into);
void read(const field& from, core::tls_settings& into);
bool read(const field& from, core::secret_reference& into);

}  // namespace tunnelkeyd::config

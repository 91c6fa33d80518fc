#pragma once

#include "config/environment.hpp"
#include "ports/secrets.hpp"

namespace tunnelkeyd::config {

/// Reads secrets from files, from $CREDENTIALS_DIRECTORY (systemd.exec(5), LoadCredential=) and from the
/// environment. Keeps nothing, so it may be used from several threads as far as the environment allows.
/// Messages say what was to be read, what is wrong and how to put it right; never a byte of the content.
class secret_reader : public ports::secrets {
public:
    explicit secret_reader(environment lookup);

    [[nodiscard]] std::variant<core::secret, ports::secret_error>
    read(const core::secret_reference& from) const override;

private:
    environment lookup_;
};

}  // namespace tunnelkeyd::config

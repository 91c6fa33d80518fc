#pragma once

#include "ports/secrets.hpp"

#include <functional>
#include <map>
#include <string>

namespace tunnelkeyd::tests {

/// Secrets by the value of their reference; one that is not there cannot be read.
class fake_secrets final : public ports::secrets {
public:
    [[nodiscard]] std::variant<core::secret, ports::secret_error>
    read(const core::secret_reference& from) const override {
        if (told)
            told("secret " + from.value);
        const auto found = values.find(from.value);
        if (found == values.end())
            return ports::secret_error{describe(from) + " does not exist"};
        return core::secret(found->second);
    }

    std::map<std::string, std::string> values;
    std::function<void(const std::string&)> told;
};

}  // namespace tunnelkeyd::tests

package org.dinovmf.tools;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import java.io.IOException;
import java.util.OptionalDouble;

/** Results as JSON: names in snake case, and a number that is not there is null. */
final class ResultJson {

  private ResultJson() {}

  static ObjectMapper mapper() {
    SimpleModule module = new SimpleModule();
    module.addSerializer(
        OptionalDouble.class,
        new StdSerializer<>(OptionalDouble.class) {
          @Override
          public void serialize(
              OptionalDouble value, JsonGenerator json, SerializerProvider provider)
              throws IOException {
            if (value.isPresent()) {
              json.writeNumber(value.getAsDouble());
            } else {
              json.writeNull();
            }
          }
        });
    return JsonMapper.builder()
        .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
        .addModule(module)
        .build();
  }
}

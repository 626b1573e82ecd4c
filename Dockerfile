# Training on the CPU. Untested: no check of the project builds this image.
#
#   docker build -t dino-vmf .
#   docker run -v "$PWD/photos:/photos" -v "$PWD/runs:/runs" dino-vmf train --data /photos --out /runs/photos
FROM maven:3.9-eclipse-temurin-17 AS build
COPY . /source
RUN cd /source && mvn -B -q -Dquick -Pdist clean package \
  && mkdir /dino-vmf && tar -xzf tools/target/dino-vmf-*.tar.gz -C /dino-vmf --strip-components=1

# Not Alpine: TensorFlow needs glibc and libstdc++.
FROM eclipse-temurin:17-jre
COPY --from=build /dino-vmf /dino-vmf
ENV DINO_VMF_CACHE=/var/cache/dino-vmf
ENTRYPOINT ["/dino-vmf/dino-vmf"]
